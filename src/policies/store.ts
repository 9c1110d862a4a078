import type { ProjectScope } from '../access/roles.ts';
import type { BackupHook, Consistency } from '../backups/model.ts';
import { type Database, isTaken, Prisma, type Reader } from '../database/client.ts';
import { byNameOrId } from '../database/name-or-id.ts';
import { fail } from '../errors.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { Schedule } from '../schedule.ts';
import type { Page } from '../schema.ts';
import type { PolicySource } from './coverage.ts';
import type { NewPolicySelector, Policy, PolicyConfiguration, PolicySelector } from './model.ts';
import type { Retention } from './retention.ts';

export type PolicyRow = Prisma.BackupPolicyGetPayload<object>;

/** What can be edited of a policy. */
export interface PolicySettings {
  readonly name: string;
  readonly description: string;
  readonly isEnabled: boolean;
  readonly selector: NewPolicySelector;
  readonly schedule: Schedule;
  readonly jitterSeconds: number;
  readonly repositoryId: string | null;
  readonly copyTo: readonly string[] | null;
  readonly keep: Retention | null;
  readonly rpoSeconds: number | null;
  readonly rtoSeconds: number | null;
  readonly consistency: Consistency;
  readonly hooks: readonly BackupHook[];
  readonly configuration: PolicyConfiguration;
  readonly startWindowSeconds: number | null;
  readonly completionWindowSeconds: number | null;
  readonly nextRunAt: Date | null;
}

interface NewPolicy extends PolicySettings {
  readonly id: string;
  readonly project: string | null;
  readonly createdBy: string;
}

/** Writes a policy down; one of the same id (a repeated call) is kept as it is. Throws `policy_exists`. */
export async function createPolicy(db: Database, { id, project, createdBy, ...settings }: NewPolicy): Promise<Policy> {
  const create = { ...columnsOf(settings), id, project, createdBy };
  return toPolicy(
    await unlessTaken(settings.name, () => db.backupPolicy.upsert({ where: { id }, create, update: {} })),
  );
}

/** A policy by name or id, or null. */
export function findPolicyRow(db: Reader, nameOrId: string): Promise<PolicyRow | null> {
  return db.backupPolicy.findFirst({ where: byNameOrId(nameOrId) });
}

/** Policies by name. */
export async function listPolicies(
  db: Reader,
  scope: ProjectScope,
  project: string | undefined,
  limit: number,
  cursor?: string,
): Promise<Page<Policy>> {
  const after = cursor === undefined ? {} : { name: { gt: decodeCursor(cursor, 1)[0] ?? '' } };
  const seen = scope === 'all' ? {} : { project: { in: [...scope] } };
  const rows = await db.backupPolicy.findMany({
    where: { AND: [seen, after, project === undefined ? {} : { project }] },
    orderBy: { name: 'asc' },
    take: limit + 1,
  });
  return toPage(rows, limit, ({ name }) => [name], toPolicy);
}

/** Edits a policy. Throws `policy_exists`, and `version_mismatch` when it has changed since `version`. */
export async function editPolicy(
  db: Database,
  { id, name, version }: PolicyRow,
  settings: Partial<PolicySettings>,
): Promise<Policy> {
  const data = { ...columnsOf(settings), version: { increment: 1 } };
  const [row] = await unlessTaken(settings.name ?? name, () =>
    db.backupPolicy.updateManyAndReturn({ where: { id, version }, data }),
  );
  if (row === undefined) throw outdated(name);
  return toPolicy(row);
}

/** Throws `version_mismatch` when the policy has changed since it was read. */
export async function deletePolicy(db: Reader, { id, name, version }: PolicyRow): Promise<void> {
  const { count } = await db.backupPolicy.deleteMany({ where: { id, version } });
  if (count === 0) throw outdated(name);
}

/** The failure for a policy that is not of the version any more that the caller knows. */
export function outdated(name: string) {
  return fail('version_mismatch', `Policy "${name}" has changed meanwhile; read it again.`);
}

function columnsOf<Settings extends Partial<PolicySettings>>({ copyTo, keep, hooks, ...plain }: Settings) {
  return {
    ...plain,
    ...(hooks === undefined ? {} : { hooks: [...hooks] }),
    ...(copyTo === undefined ? {} : { copyTo: copyTo === null ? Prisma.DbNull : [...copyTo] }),
    ...(keep === undefined ? {} : { keep: keep ?? Prisma.DbNull }),
  };
}

async function unlessTaken<Result>(name: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (cause) {
    if (!isTaken(cause)) throw cause;
    throw fail('policy_exists', { detail: `There is a policy "${name}" already; give another name.`, cause });
  }
}

function selectorFrom(given: NewPolicySelector): PolicySelector {
  const nothing = { hosts: null, environments: null, classes: null, composeProjects: null, labels: null, names: null };
  return { ...nothing, anonymous: false, ...given };
}

// The columns hold only what this store wrote, of these very types.
const partsOf = (row: PolicyRow) => ({
  selector: selectorFrom(row.selector as NewPolicySelector),
  schedule: row.schedule as Schedule,
  copyTo: row.copyTo as string[] | null,
  keep: row.keep as Retention | null,
  consistency: row.consistency as Consistency,
  hooks: row.hooks as BackupHook[],
  configuration: row.configuration as PolicyConfiguration,
});

/** A policy as the API shows it. */
export function toPolicy(row: PolicyRow): Policy {
  return {
    ...row,
    ...partsOf(row),
    lastRunAt: row.lastRunAt?.toISOString() ?? null,
    nextRunAt: row.nextRunAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

/** A policy as what backs volumes up. */
export function toPolicySource(row: PolicyRow): PolicySource {
  const { id, name, project, jitterSeconds, repositoryId, rpoSeconds, rtoSeconds, nextRunAt } = row;
  const { startWindowSeconds, completionWindowSeconds } = row;
  const windows = { startWindowSeconds, completionWindowSeconds };
  const plain = { name, project, jitterSeconds, repositoryId, rpoSeconds, rtoSeconds, nextRunAt, ...windows };
  return { key: `policy/${id}`, kind: 'policy', ...plain, ...partsOf(row) };
}
