import type { Ports } from '../context.ts';
import type { Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import type { RepositoryLocation, RepositorySecret } from '../restic/repository-access.ts';
import { findDefaultRow, findRepositoryRow, locationOf, markReady, suspectLock } from './store.ts';

/** A repository as jobs use it. */
export interface OpenRepository {
  readonly id: string;
  readonly name: string;
  readonly location: RepositoryLocation;
  readonly secret: RepositorySecret;
  readonly ready: boolean;
  readonly lockSuspected: boolean;
}

/** Name and id of a repository, or of the default one. Throws `repository_not_found`. */
export async function resolveRepository(
  db: Reader,
  nameOrId: string | undefined,
): Promise<{ id: string; name: string; location: RepositoryLocation }> {
  const row = nameOrId === undefined ? await findDefaultRow(db) : await findRepositoryRow(db, nameOrId);
  if (row === null) throw repositoryNotFound(nameOrId);
  return { id: row.id, name: row.name, location: locationOf(row) };
}

/** A repository with its secret opened. Throws `repository_not_found` and `master_key_wrong`. */
export async function openRepository(ports: Pick<Ports, 'db' | 'vault'>, id: string): Promise<OpenRepository> {
  const row = await findRepositoryRow(ports.db, id);
  if (row === null) throw repositoryNotFound(id);
  const secret: RepositorySecret = JSON.parse(ports.vault.open(row.secret, secretPurpose(row.id)));
  return {
    id: row.id,
    name: row.name,
    location: locationOf(row),
    secret,
    ready: row.state === 'ready',
    lockSuspected: row.lockSuspected,
  };
}

/** What the sealed secret of a repository is bound to. */
export function secretPurpose(id: string): string {
  return `repository/${id}`;
}

export function repositoryNotFound(nameOrId: string | undefined) {
  return fail(
    'repository_not_found',
    nameOrId === undefined
      ? 'There is no default repository; create one, or name the repository.'
      : `There is no repository "${nameOrId}".`,
  );
}

/** Whether a Docker volume holds a repository, and must stay for that. */
export async function repositoryInVolume(db: Reader, host: string, volume: string): Promise<string | null> {
  return (await repositoryVolumes(db, host)).get(volume) ?? null;
}

/** The volumes of a host that hold a repository: its name, by name of the volume. */
export async function repositoryVolumes(db: Reader, host: string): Promise<Map<string, string>> {
  const rows = await db.repository.findMany({ where: { kind: 'volume' } });
  return new Map(
    rows.flatMap((row) => {
      const location = locationOf(row);
      return location.kind === 'volume' && location.host === host ? [[location.volume, row.name] as const] : [];
    }),
  );
}

export { markReady, suspectLock };
