import type { Ports } from '../context.ts';
import { Prisma, type Reader, type Transaction } from '../database/client.ts';
import { fail } from '../errors.ts';

/** Changes of keys and bindings are made one after the other, so that two at a time cannot take the last two admins away. */
const lockOfBindings = 7_082_302;
const patienceMilliseconds = 10_000;
const globalAdmin = { role: 'admin', project: null };

type NeededPorts = Pick<Ports, 'db' | 'config'>;

/** Runs a change of bindings alone, in a transaction. */
export async function changingBindings<T>(
  { db }: Pick<Ports, 'db'>,
  change: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return await db.$transaction(
    async (tx) => {
      await tx.$executeRaw`select pg_advisory_xact_lock(${lockOfBindings})`;
      return await change(tx);
    },
    { maxWait: patienceMilliseconds, timeout: patienceMilliseconds },
  );
}

/** Runs a change that takes rights away. Throws `last_admin`, and changes nothing, when it takes the last admin of everything. */
export async function keepingAnAdmin(ports: NeededPorts, change: (tx: Transaction) => Promise<void>): Promise<void> {
  await changingBindings(ports, async (tx) => {
    const on = { db: tx, config: ports.config };
    // Where there is none (the last one expired), other keys can still be revoked.
    const hadOne = await hasGlobalAdmin(on);
    await change(tx);
    if (hadOne && !(await hasGlobalAdmin(on)))
      throw fail('last_admin', 'This is the last credential that administers everything; make another one first.');
  });
}

/**
 * Whether anybody can administer everything: a user of the configured issuer, or a valid key that is not among
 * `exceptKeys`. Users of another issuer cannot sign in.
 */
export async function hasGlobalAdmin(
  { db, config }: { db: Reader; config: Pick<Ports['config'], 'oidc'> },
  exceptKeys: ReadonlySet<string> = new Set(),
): Promise<boolean> {
  const users =
    config.oidc === undefined
      ? 0
      : await db.roleBinding.count({
          where: { ...globalAdmin, subject: { startsWith: `user:${config.oidc.issuer}|` } },
        });
  if (users > 0) return true;
  return (await validAdminKeys(db)).some(({ id }) => !exceptKeys.has(id));
}

/**
 * The keys that administer everything, now: with the role themselves, or of a service account that has it. A key that
 * hangs on another one, or is narrowed, is not counted: it may be worth less than its subject.
 */
export async function validAdminKeys(db: Reader): Promise<Prisma.ApiKeyGetPayload<{ include: { secrets: true } }>[]> {
  const bindings = await db.roleBinding.findMany({ where: globalAdmin, select: { subject: true } });
  const subjects = bindings.map(({ subject }) => subject);
  const unusable = await db.serviceAccount.findMany({
    where: { subject: { in: subjects }, OR: [{ disabledAt: { not: null } }, { deletedAt: { not: null } }] },
    select: { subject: true },
  });
  return await db.apiKey.findMany({
    where: {
      subject: { in: subjects, notIn: unusable.map(({ subject }) => subject), not: { startsWith: 'user:' } },
      revokedAt: null,
      boundTo: null,
      limits: { equals: Prisma.DbNull },
      OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }],
    },
    include: { secrets: true },
  });
}
