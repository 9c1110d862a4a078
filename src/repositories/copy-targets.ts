import type { Ports } from '../context.ts';
import { fail } from '../errors.ts';
import { copyObstacle } from '../restic/repository-access.ts';
import { openRepository, type RepositoryReference } from './open-repository.ts';
import { requireWritable, usableRepository } from './repository-reach.ts';

/**
 * Ids of the repositories that a backup on `host` is copied to: those that are named, else those that its repository
 * names. Throws what {@link usableRepository} and {@link requireCopyable} throw.
 */
export async function copiedTo(
  ports: Ports,
  host: string,
  source: RepositoryReference,
  wanted: readonly string[] | undefined,
): Promise<string[]> {
  const ids: string[] = [];
  for (const name of new Set(wanted ?? source.copyTo)) {
    const target = await usableRepository(ports.db, host, name);
    await requireCopyable(ports, source, target);
    ids.push(target.id);
  }
  return [...new Set(ids)];
}

/** Throws `invalid_input` for one and the same repository, `repository_read_only`, and `repositories_apart` when no helper reaches both. */
export async function requireCopyable(
  ports: Ports,
  source: RepositoryReference,
  target: RepositoryReference,
): Promise<void> {
  if (target.id === source.id)
    throw fail('invalid_input', `The snapshot is in repository "${source.name}" already; name another one.`);
  requireWritable(target);
  const obstacle = copyObstacle(await openRepository(ports, target.id), await openRepository(ports, source.id));
  if (obstacle !== null)
    throw fail('repositories_apart', `Nothing can be copied from "${source.name}" to "${target.name}": ${obstacle}`);
}
