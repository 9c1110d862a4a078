import { type Database, isTaken, type Prisma, type Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { RepositoryLocation } from '../restic/repository-access.ts';
import type { Page } from '../schema.ts';
import type { Repository } from './model.ts';

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
      network: 'network' in location ? location.network : null,
    },
    isDefault: row.isDefault,
    state: row.state === 'ready' ? 'ready' : 'new',
    createdAt: row.createdAt.toISOString(),
    initializedAt: row.initializedAt?.toISOString() ?? null,
    version: row.version,
  };
}

/** Where the repository of a row is. */
export function locationOf({ location }: Pick<Row, 'location'>): RepositoryLocation {
  // Written by this store only, of this very type.
  return location as unknown as RepositoryLocation;
}

export interface NewRepository {
  readonly id: string;
  readonly name: string;
  readonly location: RepositoryLocation;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly isDefault: boolean;
}

/** Writes a repository down; one of the same id (a repeated call) is kept as it is. Throws `repository_exists`. */
export async function createRepository(db: Database, { location, ...rest }: NewRepository): Promise<Repository> {
  const existing = await db.repository.findUnique({ where: { id: rest.id } });
  if (existing !== null) return toRepository(existing);
  try {
    return await db.$transaction(async (tx) => {
      if (rest.isDefault) await tx.repository.updateMany({ where: { isDefault: true }, data: { isDefault: false } });
      return toRepository(await tx.repository.create({ data: { ...rest, kind: location.kind, location } }));
    });
  } catch (error) {
    if (isTaken(error))
      throw fail('repository_exists', `A repository "${rest.name}" exists already; choose another name.`);
    throw error;
  }
}

/** A repository by name or id, with its sealed secret, or null. */
export function findRepositoryRow(db: Reader, nameOrId: string): Promise<Row | null> {
  const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(nameOrId);
  return db.repository.findFirst({ where: isId ? { OR: [{ id: nameOrId }, { name: nameOrId }] } : { name: nameOrId } });
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

/** Makes a repository the default one. Throws `version_mismatch`. */
export async function updateRepository(
  db: Database,
  id: string,
  patch: { isDefault?: boolean | undefined; name?: string | undefined },
  expectedVersion: number | undefined,
): Promise<void> {
  try {
    await db.$transaction(async (tx) => {
      if (patch.isDefault === true)
        await tx.repository.updateMany({ where: { isDefault: true, NOT: { id } }, data: { isDefault: false } });
      const { count } = await tx.repository.updateMany({
        where: { id, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) },
        data: {
          ...(patch.name === undefined ? {} : { name: patch.name }),
          ...(patch.isDefault === undefined ? {} : { isDefault: patch.isDefault }),
          version: { increment: 1 },
        },
      });
      if (count === 0)
        throw fail(
          'version_mismatch',
          `The repository is not at version ${expectedVersion} any more; read it again and repeat the change.`,
        );
    });
  } catch (error) {
    if (isTaken(error))
      throw fail('repository_exists', `A repository "${patch.name}" exists already; choose another name.`);
    throw error;
  }
}

/** Forgets a repository that holds no snapshots; its files stay where they are. Throws `repository_in_use`. */
export async function deleteRepository(db: Database, id: string): Promise<void> {
  await db.$transaction(async (tx) => {
    const snapshots = await tx.snapshot.count({ where: { repositoryId: id } });
    const jobs = await tx.jobLock.count({ where: { resource: `repository/${id}` } });
    if (snapshots > 0 || jobs > 0)
      throw fail(
        'repository_in_use',
        `${snapshots} snapshots and ${jobs} running jobs need the repository; it can be deleted once they are gone.`,
      );
    await tx.repository.deleteMany({ where: { id } });
  });
}

export async function markReady(db: Reader, id: string): Promise<void> {
  await db.repository.update({ where: { id }, data: { state: 'ready', initializedAt: new Date() } });
}

/** Remembers that a restic died at the repository and may have left a lock, or that the locks were removed. */
export async function suspectLock(db: Reader, id: string, suspected: boolean): Promise<void> {
  await db.repository.updateMany({ where: { id }, data: { lockSuspected: suspected } });
}
