import type { Ports } from '../context.ts';
import { isTaken, type Prisma, type Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { keepingAnAdmin } from './last-admin.ts';
import type { ServiceAccount } from './model.ts';
import type { ProjectScope } from './roles.ts';

type Row = Prisma.ServiceAccountGetPayload<object>;

export interface NewServiceAccount {
  readonly id: string;
  readonly name: string;
  readonly project: string | null;
  readonly description: string;
  readonly createdBy: string;
}

/** The subject of an account: two projects may have accounts of the same name, and do not learn of each other's. */
function subjectOf({ name, project }: Pick<NewServiceAccount, 'name' | 'project'>): string {
  return project === null ? `service:${name}` : `service:${project}/${name}`;
}

/** Writes an account down; a repeated call finds it. Throws `service_account_exists`. */
export async function createAccount({ db }: Pick<Ports, 'db'>, account: NewServiceAccount): Promise<ServiceAccount> {
  const existing = await findAccount(db, account.id);
  if (existing !== null) return existing;
  const subject = subjectOf(account);
  try {
    return toAccount(await db.serviceAccount.create({ data: { ...account, subject } }));
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw fail(
      'service_account_exists',
      `There is, or was, a service account ${subject}. A name is not given twice, because rules and the audit speak of it; choose another one.`,
    );
  }
}

/** An account that was not deleted, or null. */
export async function findAccount(db: Reader, id: string): Promise<ServiceAccount | null> {
  const row = await db.serviceAccount.findFirst({ where: { id, deletedAt: null } });
  return row === null ? null : toAccount(row);
}

/** The same by its subject. */
export async function findAccountOf(db: Reader, subject: string): Promise<ServiceAccount | null> {
  const row = await db.serviceAccount.findFirst({ where: { subject, deletedAt: null } });
  return row === null ? null : toAccount(row);
}

/** Accounts, newest first. */
export async function listAccounts(
  db: Reader,
  scope: ProjectScope,
  limit: number,
  cursor?: string,
): Promise<Page<ServiceAccount>> {
  const within = scope === 'all' ? {} : { project: { in: [...scope] } };
  const rows = await db.serviceAccount.findMany({
    where: { AND: [{ deletedAt: null }, within, olderThan(cursor)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  return toPage(rows, limit, ({ createdAt, id }) => [createdAt.toISOString(), id], toAccount);
}

/** Changes what is said of an account, or whether it may be used. Throws `version_mismatch` and `last_admin`. */
export async function updateAccount(
  ports: Pick<Ports, 'db' | 'config'>,
  id: string,
  { isDisabled, description }: { isDisabled?: boolean | undefined; description?: string | undefined },
  expectedVersion: number | undefined,
): Promise<void> {
  await keepingAnAdmin(ports, async (tx) => {
    const { count } = await tx.serviceAccount.updateMany({
      where: { id, deletedAt: null, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) },
      data: {
        ...(description === undefined ? {} : { description }),
        ...(isDisabled === undefined ? {} : { disabledAt: isDisabled ? new Date() : null }),
        version: { increment: 1 },
      },
    });
    if (count === 0)
      throw fail(
        'version_mismatch',
        `The service account is not at version ${expectedVersion} any more; read it again and repeat the change.`,
      );
  });
}

/** Deletes an account: its keys end and its roles are taken away, at once. Throws `last_admin`. */
export async function deleteAccount(
  ports: Pick<Ports, 'db' | 'config'>,
  { id, subject }: Pick<ServiceAccount, 'id' | 'subject'>,
): Promise<void> {
  const now = new Date();
  await keepingAnAdmin(ports, async (tx) => {
    await tx.serviceAccount.updateMany({ where: { id, deletedAt: null }, data: { deletedAt: now } });
    await tx.apiKey.updateMany({ where: { subject, revokedAt: null }, data: { revokedAt: now } });
    await tx.roleBinding.deleteMany({ where: { subject } });
  });
}

function olderThan(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

function toAccount({ disabledAt, deletedAt: _, createdAt, ...row }: Row): ServiceAccount {
  return { ...row, disabledAt: disabledAt?.toISOString() ?? null, createdAt: createdAt.toISOString() };
}
