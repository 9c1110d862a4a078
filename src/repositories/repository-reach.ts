import type { Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { hostOf } from '../restic/repository-location.ts';
import { type RepositoryReference, resolveRepository } from './open-repository.ts';

/**
 * The repository that is named (the default one when none is), for a backup from `host`. Throws `repository_not_found`,
 * `repository_read_only`, and `invalid_input` when helpers there cannot reach it: one of a host belongs to that host.
 */
export async function usableRepository(
  db: Reader,
  host: string,
  nameOrId: string | undefined,
): Promise<RepositoryReference> {
  const repository = await resolveRepository(db, nameOrId);
  requireReach(repository, host);
  requireWritable(repository);
  return repository;
}

/** Throws `invalid_input` when helpers on `host` cannot reach the repository. */
export function requireReach({ name, location }: Pick<RepositoryReference, 'name' | 'location'>, host: string): void {
  const own = hostOf(location);
  if (own !== null && own !== host)
    throw fail(
      'invalid_input',
      `Repository "${name}" is on host "${own}"; volumes of host "${host}" need another one.`,
    );
}

/** Throws `repository_append_only` for one that nothing can be removed from. */
export function requireRemoval({ name, appendOnly }: Pick<RepositoryReference, 'name' | 'appendOnly'>): void {
  if (appendOnly)
    throw fail('repository_append_only', `Nothing can be removed from repository "${name}": it is append-only.`);
}

/** Throws `repository_read_only`. */
export function requireWritable({ name, readOnly }: Pick<RepositoryReference, 'name' | 'readOnly'>): void {
  if (readOnly)
    throw fail(
      'repository_read_only',
      `Repository "${name}" is only read; take another one, or set its \`readOnly\` to false.`,
    );
}
