import type { Ports } from '../context.ts';
import type { Prisma, Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { changingBindings, keepingAnAdmin } from './last-admin.ts';
import type { RoleBinding } from './model.ts';
import type { ProjectScope, Role } from './roles.ts';

export interface NewBinding {
  readonly id: string;
  readonly subject: string;
  readonly role: Role;
  readonly project: string | null;
  readonly createdBy: string;
}

/** Writes a binding down; a repeated call finds it. Throws `role_binding_exists`. */
export async function createBinding(ports: Pick<Ports, 'db'>, binding: NewBinding): Promise<RoleBinding> {
  return await changingBindings(ports, async (tx) => {
    const { subject, role, project } = binding;
    const same = await tx.roleBinding.findFirst({ where: { subject, role, project } });
    if (same !== null && same.id !== binding.id)
      throw fail(
        'role_binding_exists',
        `${subject} has the role ${role} ${project === null ? 'on everything' : `on project "${project}"`} already.`,
      );
    return toBinding(same ?? (await tx.roleBinding.create({ data: binding })));
  });
}

export async function findBinding(db: Reader, id: string): Promise<RoleBinding | null> {
  const row = await db.roleBinding.findUnique({ where: { id } });
  return row === null ? null : toBinding(row);
}

export async function listBindings(
  db: Reader,
  scope: ProjectScope,
  subject: string | undefined,
  limit: number,
  cursor?: string,
): Promise<Page<RoleBinding>> {
  const within = scope === 'all' ? {} : { project: { in: [...scope] } };
  const about = subject === undefined ? {} : { subject };
  const rows = await db.roleBinding.findMany({
    where: { AND: [within, about, olderThan(cursor)] },
    orderBy: newestFirst,
    take: limit + 1,
  });
  return toPage(rows, limit, keyOf, toBinding);
}

/** Takes a role away. Throws `last_admin`. */
export async function deleteBinding(ports: Pick<Ports, 'db' | 'config'>, id: string): Promise<void> {
  await keepingAnAdmin(ports, async (tx) => {
    await tx.roleBinding.deleteMany({ where: { id } });
  });
}

const newestFirst = [{ createdAt: 'desc' as const }, { id: 'desc' as const }];
const keyOf = ({ createdAt, id }: { createdAt: Date; id: string }) => [createdAt.toISOString(), id];

function olderThan(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

// The column holds only roles: both interfaces check them.
function toBinding({
  id,
  subject,
  role,
  project,
  createdBy,
  createdAt,
}: Prisma.RoleBindingGetPayload<object>): RoleBinding {
  return { id, subject, role: role as Role, project, createdBy, createdAt: createdAt.toISOString() };
}
