import type { Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { resolveRepository } from '../repositories/read.ts';
import type { RepositoryLocation } from '../restic/repository-access.ts';

/** The repository that is named (the default one when none is), for work on `host`. Throws `repository_not_found` and `invalid_input`. */
export async function usableRepository(
  db: Reader,
  host: string,
  nameOrId: string | undefined,
): Promise<{ id: string }> {
  const repository = await resolveRepository(db, nameOrId);
  requireUsable(repository, host);
  return repository;
}

/** Refuses a repository that helpers on `host` cannot reach: a local one belongs to its own host. */
function requireUsable({ name, location }: { name: string; location: RepositoryLocation }, host: string): void {
  if (location.kind !== 'rest' && location.host !== host)
    throw fail(
      'invalid_input',
      `Repository "${name}" is on host "${location.host}"; volumes of host "${host}" need another one.`,
    );
}
