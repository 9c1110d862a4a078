import type { Reader } from '../database/client.ts';
import { locationOf } from './store.ts';

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

export { copiedTo, requireCopyable } from './copy-targets.ts';
export { type DamagedSnapshot, damagedSnapshotsOf } from './damaged-snapshots.ts';
export { type OpenRepository, openRepository, type RepositoryReference, resolveRepository } from './open-repository.ts';
export { requireReach, requireWritable, usableRepository } from './repository-reach.ts';
export { prepareStep, readyRepository, repositoryLock, runRestic, volumeGone } from './restic-step.ts';
export type { ResticStep } from './step.ts';
