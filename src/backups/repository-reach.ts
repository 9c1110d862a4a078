import { fail } from '../errors.ts';
import type { RepositoryLocation } from '../restic/repository-access.ts';

/** Refuses a repository that helpers on `host` cannot reach: a local one belongs to its own host. */
export function requireUsable({ name, location }: { name: string; location: RepositoryLocation }, host: string): void {
  if (location.kind !== 'rest' && location.host !== host)
    throw fail(
      'invalid_input',
      `Repository "${name}" is on host "${location.host}"; volumes of host "${host}" need another one.`,
    );
}
