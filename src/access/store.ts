import type { Ports } from '../context.ts';
import type { Database, Prisma, Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { changingBindings, keepingAnAdmin } from './last-admin.ts';
import type { ApiKey, RoleBinding } from './model.ts';
import type { Grant, ProjectScope, Role } from './roles.ts';

const usedEverySeconds = 60;
type KeyRow = Prisma.ApiKeyGetPayload<object>;

export function findKeyByHash(db: Reader, hash: Uint8Array<ArrayBuffer>): Promise<KeyRow | null> {
  return db.apiKey.findUnique({ where: { hash } });
}

export async function findKeyById(db: Reader, id: string): Promise<KeyRow | null> {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) ? await db.apiKey.findUnique({ where: { id } }) : null;
}

/** Notes the use of a key, at most once a minute: the column is for people, not for accounting. */
export async function keyUsed(db: Reader, { id, lastUsedAt }: KeyRow): Promise<void> {
  const now = new Date();
  const longAgo = new Date(now.getTime() - usedEverySeconds * 1000);
  if (lastUsedAt !== null && lastUsedAt > longAgo) return;
  await db.apiKey.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: longAgo } }] },
    data: { lastUsedAt: now },
  });
}

/** What a subject may do, now. */
export async function grantsOf(db: Reader, subject: string): Promise<Grant[]> {
  return (await db.roleBinding.findMany({ where: { subject }, orderBy: oldestFirst })).map(toGrant);
}

export interface NewApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly grants: readonly Grant[];
}

/** Writes a key and its grants down; a repeated call finds them. */
export async function createKey(db: Database, { grants, ...key }: NewApiKey): Promise<ApiKey> {
  const existing = await findKey(db, key.id);
  if (existing !== null) return existing;
  const subject = `key:${key.id}`;
  const [row] = await db.$transaction([
    db.apiKey.create({ data: key }),
    db.roleBinding.createMany({
      data: distinct(grants).map((grant) => ({ ...grant, subject, createdBy: key.createdBy })),
    }),
  ]);
  return toApiKey(row, await grantsOf(db, subject));
}

export async function findKey(db: Reader, id: string): Promise<ApiKey | null> {
  const row = await findKeyById(db, id);
  return row === null ? null : toApiKey(row, await grantsOf(db, `key:${row.id}`));
}

/** Keys, newest first. A scope of projects sees the keys all of whose grants are within it. */
export async function listKeys(db: Reader, scope: ProjectScope, limit: number, cursor?: string): Promise<Page<ApiKey>> {
  const within = scope === 'all' ? {} : { id: { in: await keysWithin(db, scope) } };
  const rows = await db.apiKey.findMany({
    where: { AND: [within, olderThan(cursor)] },
    orderBy: newestFirst,
    take: limit + 1,
  });
  const bindings = await db.roleBinding.findMany({
    where: { subject: { in: rows.map(({ id }) => `key:${id}`) } },
    orderBy: oldestFirst,
  });
  const grantsOfSubject = Map.groupBy(bindings, ({ subject }) => subject);
  return toPage(rows, limit, keyOf, (row) => toApiKey(row, (grantsOfSubject.get(`key:${row.id}`) ?? []).map(toGrant)));
}

async function keysWithin(db: Reader, projects: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select substring(subject from 5) as id from role_bindings where subject like 'key:%'
    group by subject having bool_and(coalesce(project = any(${[...projects]}::text[]), false))`;
  return rows.map(({ id }) => id);
}

/** Revokes a key for good. Throws `last_admin`. */
export async function revokeKey(ports: Pick<Ports, 'db' | 'config'>, id: string): Promise<void> {
  await keepingAnAdmin(ports, async (tx) => {
    await tx.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } });
  });
}

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
const oldestFirst = [{ createdAt: 'asc' as const }, { id: 'asc' as const }];
const keyOf = ({ createdAt, id }: { createdAt: Date; id: string }) => [createdAt.toISOString(), id];

function olderThan(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

/** A role that was given twice could only be taken away twice. */
function distinct(grants: readonly Grant[]): Grant[] {
  return [...new Map(grants.map((grant) => [JSON.stringify([grant.role, grant.project]), grant])).values()];
}

// The column holds only roles: both interfaces check them.
function toGrant({ role, project }: { role: string; project: string | null }): Grant {
  return { role: role as Role, project };
}

function toApiKey(
  { id, name, prefix, createdBy, createdAt, expiresAt, revokedAt, lastUsedAt }: KeyRow,
  roles: Grant[],
): ApiKey {
  return {
    id,
    name,
    prefix,
    roles,
    createdBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}

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
