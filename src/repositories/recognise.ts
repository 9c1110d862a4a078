import type { Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import type { OpenRepository } from './open-repository.ts';
import { markReady } from './store.ts';

/**
 * The first opening tells which restic repository is at a place; from then on it must be that one. Throws
 * `repository_mistaken` when it is another, and `repository_exists` when it is known under another name.
 */
export async function recognise(
  db: Reader,
  { id, name, resticId }: Pick<OpenRepository, 'id' | 'name' | 'resticId'>,
  found: string,
): Promise<void> {
  if (resticId !== null && resticId !== found)
    throw fail(
      'repository_mistaken',
      `At the place of "${name}" is another restic repository (${found.slice(0, 10)}) than the one that is known (${resticId.slice(0, 10)}); correct the place.`,
    );
  await markReady(db, id, found);
}
