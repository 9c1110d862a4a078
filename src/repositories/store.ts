import { type Database, isTaken, type Prisma, type Reader } from '../database/client.ts';
import { byNameOrId } from '../database/name-or-id.ts';
import { fail } from '../errors.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { RepositoryLocation } from '../restic/repository-location.ts';
import type { Page } from '../schema.ts';
import { type CheckRecord, shownCheck } from './check-record.ts';
import type { Repository, RepositoryMedium, RepositoryStatistics, RepositoryTest } from './model.ts';

type Row = Prisma.RepositoryGetPayload<object>;

/** A repository as the API shows it. */
export function toRepository(row: Row): Repository {
  const location = locationOf(row);
  return {
    id: row.id,
    name: row.name,
    kind: location.kind,
    location: {
      host: 'host' in location ? location.host : null,
      volume: 'volume' in location ? location.volume : null,
      path: 'path' in location ? location.path : null,
      url: 'url' in location ? location.url : null,
      s3: 's3' in location ? location.s3 : null,
      sftp: 'sftp' in location ? location.sftp : null,
      network: 'network' in location ? location.network : null,
      caCertificate: 'caCertificate' in location ? (location.caCertificate ?? null) : null,
    },
    isDefault: row.isDefault,
    // The columns hold only what this store wrote, of these very types.
    medium: row.medium as RepositoryMedium,
    offSite: row.offSite,
    appendOnly: row.appendOnly,
    readOnly: row.readOnly,
    copyTo: row.copyTo,
    state: row.state === 'ready' ? 'ready' : 'new',
    resticId: row.resticId,
    test: row.test as RepositoryTest | null,
    statistics: row.statistics as RepositoryStatistics | null,
    check: row.checks === null ? null : shownCheck(row.checks as unknown as CheckRecord),
    createdAt: row.createdAt.toISOString(),
    initializedAt: row.initializedAt?.toISOString() ?? null,
    importedAt: row.importedAt?.toISOString() ?? null,
    version: row.version,
  };
}

/** Where the repository of a row is. */
export function locationOf({ location }: Pick<Row, 'location'>): RepositoryLocation {
  // Written by this store only, of this very type.
  return location as unknown as RepositoryLocation;
}

/** What can be edited of a repository. */
export interface RepositoryProperties {
  readonly name: string;
  readonly location: RepositoryLocation;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly isDefault: boolean;
  readonly medium: RepositoryMedium;
  readonly offSite: boolean;
  readonly appendOnly: boolean;
  readonly readOnly: boolean;
  readonly copyTo: readonly string[];
}

/** Writes a repository down; one of the same id (a repeated call) is kept as it is. Throws `repository_exists`. */
export async function createRepository(
  db: Database,
  { id, ...properties }: RepositoryProperties & { readonly id: string },
): Promise<Repository> {
  const existing = await db.repository.findUnique({ where: { id } });
  if (existing !== null) return toRepository(existing);
  const { location, copyTo, ...plain } = properties;
  return await unlessTaken(properties.name, () =>
    db.$transaction(async (tx) => {
      if (properties.isDefault)
        await tx.repository.updateMany({ where: { isDefault: true }, data: { isDefault: false } });
      return toRepository(
        await tx.repository.create({
          data: { ...plain, id, kind: location.kind, location: jsonOf(location), copyTo: [...copyTo] },
        }),
      );
    }),
  );
}

/** A repository by name or id, with its sealed secret, or null. */
export function findRepositoryRow(db: Reader, nameOrId: string): Promise<Row | null> {
  return db.repository.findFirst({ where: byNameOrId(nameOrId) });
}

/** The repository for backups that name none, or null. */
export function findDefaultRow(db: Reader): Promise<Row | null> {
  return db.repository.findFirst({ where: { isDefault: true } });
}

/** Repositories by name. */
export async function listRepositories(db: Reader, limit: number, cursor?: string): Promise<Page<Repository>> {
  const after = cursor === undefined ? {} : { name: { gt: decodeCursor(cursor, 1)[0] ?? '' } };
  const rows = await db.repository.findMany({ where: after, orderBy: { name: 'asc' }, take: limit + 1 });
  return toPage(rows, limit, (row) => [row.name], toRepository);
}

export async function repositoriesByIds(db: Reader, ids: readonly string[]): Promise<Repository[]> {
  const rows = await db.repository.findMany({ where: { id: { in: [...ids] } } });
  return rows.map(toRepository);
}

/** The ids of these repositories, each a name or an id. Throws `repository_not_found` for the first that is missing. */
export async function idsOf(db: Reader, namesOrIds: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const nameOrId of new Set(namesOrIds)) {
    const row = await findRepositoryRow(db, nameOrId);
    if (row === null) throw fail('repository_not_found', `There is no repository "${nameOrId}".`);
    ids.push(row.id);
  }
  return [...new Set(ids)];
}

/** Edits a repository. Throws `version_mismatch` and `repository_exists`. */
export async function updateRepository(
  db: Database,
  id: string,
  {
    location,
    copyTo,
    ...patch
  }: { readonly [name in keyof RepositoryProperties]?: RepositoryProperties[name] | undefined },
  expectedVersion: number | undefined,
): Promise<void> {
  await unlessTaken(patch.name, () =>
    db.$transaction(async (tx) => {
      if (patch.isDefault === true)
        await tx.repository.updateMany({ where: { isDefault: true, NOT: { id } }, data: { isDefault: false } });
      const { count } = await tx.repository.updateMany({
        where: { id, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) },
        data: {
          ...onlyGiven(patch),
          ...(location === undefined ? {} : { kind: location.kind, location: jsonOf(location) }),
          ...(copyTo === undefined ? {} : { copyTo: [...copyTo] }),
          version: { increment: 1 },
        },
      });
      if (count === 0)
        throw fail(
          'version_mismatch',
          `The repository is not at version ${expectedVersion} any more; read it again and repeat the change.`,
        );
    }),
  );
}

/**
 * Forgets a repository that holds no snapshots, or is only read; its files stay where they are. Throws
 * `repository_in_use`.
 */
export async function deleteRepository(db: Database, { id, readOnly }: Pick<Row, 'id' | 'readOnly'>): Promise<void> {
  await db.$transaction(async (tx) => {
    if (readOnly) await tx.snapshot.deleteMany({ where: { repositoryId: id } });
    const snapshots = await tx.snapshot.count({ where: { repositoryId: id } });
    const jobs = await tx.jobLock.count({ where: { resource: `repository/${id}` } });
    const policies = await tx.$queryRaw<{ name: string }[]>`
      select name from backup_policies where repository_id = ${id}::uuid or copy_to ? ${id} order by name`;
    if (policies.length > 0)
      throw fail(
        'repository_in_use',
        `The policies ${policies.map(({ name }) => name).join(', ')} back up into it; give them another repository first.`,
      );
    if (snapshots > 0 || jobs > 0)
      throw fail(
        'repository_in_use',
        `${snapshots} snapshots and ${jobs} running jobs need the repository; it can be deleted once they are gone.`,
      );
    await tx.$executeRaw`update repositories set copy_to = array_remove(copy_to, ${id}::uuid) where ${id}::uuid = any(copy_to)`;
    await tx.repository.deleteMany({ where: { id } });
  });
}

/** Remembers that a repository was opened, and which one it is. Throws `repository_exists` when another is the same one. */
export async function markReady(db: Reader, id: string, resticId: string): Promise<void> {
  try {
    await db.repository.update({ where: { id }, data: { state: 'ready', resticId } });
  } catch (error) {
    if (!isTaken(error)) throw error;
    const other = await db.repository.findUnique({ where: { resticId } });
    throw fail(
      'repository_exists',
      `The restic repository at this place is known as "${other?.name ?? 'another one'}" already; use that one.`,
    );
  }
  await db.repository.updateMany({ where: { id, initializedAt: null }, data: { initializedAt: new Date() } });
}

/** Remembers that a restic died at the repository and may have left a lock, or that the locks were removed. */
export async function suspectLock(db: Reader, id: string, suspected: boolean): Promise<void> {
  await db.repository.updateMany({ where: { id }, data: { lockSuspected: suspected } });
}

/** Keeps what a job found out about a repository; one that was deleted meanwhile is let go. */
export async function keepFacts(
  db: Reader,
  id: string,
  facts: {
    readonly test?: RepositoryTest;
    readonly statistics?: RepositoryStatistics;
    readonly checks?: CheckRecord;
    readonly importedAt?: Date;
  },
): Promise<void> {
  await db.repository.updateMany({ where: { id }, data: facts });
}

/** What the checks of a repository have found, as it is stored. */
export async function findChecks(db: Reader, id: string): Promise<unknown> {
  return (await db.repository.findUnique({ where: { id }, select: { checks: true } }))?.checks ?? null;
}

async function unlessTaken<T>(name: string | undefined, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isTaken(error)) throw fail('repository_exists', `A repository "${name}" exists already; choose another name.`);
    throw error;
  }
}

function onlyGiven<T extends object>(patch: T): { [name in keyof T]: Exclude<T[name], undefined> } {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [name in keyof T]: Exclude<T[name], undefined> };
}

/** A location has no undefined fields once it is JSON. */
function jsonOf(location: RepositoryLocation): Prisma.InputJsonObject {
  return JSON.parse(JSON.stringify(location));
}
