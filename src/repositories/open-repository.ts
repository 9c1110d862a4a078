import type { Ports } from '../context.ts';
import type { Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import type { RepositorySecret } from '../restic/repository-access.ts';
import type { RepositoryLocation } from '../restic/repository-location.ts';
import { findDefaultRow, findRepositoryRow, locationOf } from './store.ts';

/** A repository as others name it. */
export interface RepositoryReference {
  readonly id: string;
  readonly name: string;
  readonly location: RepositoryLocation;
  readonly readOnly: boolean;
  readonly appendOnly: boolean;
  /** Ids of the repositories that backups in this one are copied to. */
  readonly copyTo: readonly string[];
}

/** A repository as jobs use it. */
export interface OpenRepository extends RepositoryReference {
  readonly secret: RepositorySecret;
  readonly ready: boolean;
  readonly lockSuspected: boolean;
  /** The id that restic has given it; null until it was opened. */
  readonly resticId: string | null;
}

type Row = NonNullable<Awaited<ReturnType<typeof findRepositoryRow>>>;

/** A repository, or the default one. Throws `repository_not_found`. */
export async function resolveRepository(db: Reader, nameOrId: string | undefined): Promise<RepositoryReference> {
  const row = nameOrId === undefined ? await findDefaultRow(db) : await findRepositoryRow(db, nameOrId);
  if (row === null) throw repositoryNotFound(nameOrId);
  return referenceOf(row);
}

/** A repository with its secret opened. Throws `repository_not_found` and `master_key_wrong`. */
export async function openRepository(ports: Pick<Ports, 'db' | 'vault'>, id: string): Promise<OpenRepository> {
  const row = await findRepositoryRow(ports.db, id);
  if (row === null) throw repositoryNotFound(id);
  return {
    ...referenceOf(row),
    secret: openSecret(ports, row),
    ready: row.state === 'ready',
    lockSuspected: row.lockSuspected,
    resticId: row.resticId,
  };
}

/** The credentials in a row. Throws `master_key_wrong`. */
export function openSecret({ vault }: Pick<Ports, 'vault'>, row: Pick<Row, 'id' | 'secret'>): RepositorySecret {
  return JSON.parse(vault.open(row.secret, secretPurpose(row.id)));
}

/** Credentials as a row holds them. */
export function sealSecret({ vault }: Pick<Ports, 'vault'>, id: string, secret: RepositorySecret) {
  return vault.seal(JSON.stringify(secret), secretPurpose(id));
}

/** What the sealed secret of a repository is bound to. */
function secretPurpose(id: string): string {
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

function referenceOf(row: Row): RepositoryReference {
  const { id, name, readOnly, appendOnly, copyTo } = row;
  return { id, name, location: locationOf(row), readOnly, appendOnly, copyTo };
}
