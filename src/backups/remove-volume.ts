import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { removeHelpersOf } from '../jobs/helper-run.ts';
import { openRepository, readyRepository } from '../repositories/read.ts';
import type { KnownVolume } from '../volumes/model.ts';
import { findVolume } from '../volumes/read.ts';
import { forgetDeletedVolume, keepDeletedVolume } from './deleted-volumes.ts';
import { type TakenSnapshot, takeSnapshot } from './take-snapshot.ts';
import { requireUnused } from './volume-in-use.ts';

/** A volume that goes, on behalf of a job. */
export interface Removal {
  readonly volume: string;
  /** Repository of the last snapshot; null for none. */
  readonly repositoryId: string | null;
  /** Id of the deleted volume that can be brought back: the same each time that the job is tried. */
  readonly deletedId: string;
  /** Name of the step that takes the snapshot, unique within the job; the snapshot's id is remembered under it. */
  readonly step: string;
}

/**
 * Removes a volume that no container uses, after a last snapshot where one is asked for: then it can be brought back for
 * a while. Gives the snapshot. Throws `volume_in_use`, `volume_not_found`, `backup_partial` when the snapshot is not
 * complete (the volume stays), and what the snapshot and the engine throw.
 */
export async function removeVolume(engine: Engine, job: RunningJob, removal: Removal): Promise<TakenSnapshot | null> {
  const { volume, deletedId } = removal;
  await requireUnused(job.ports, engine, volume);
  const taken = await lastSnapshot(engine, job, removal);
  try {
    await requireUnused(job.ports, engine, volume);
    await removeHelpersOf(job.ports, job.host, job.id);
    await engine.removeVolume(volume);
    return taken;
  } catch (error) {
    // A volume that stays is none that could be brought back. When the engine cannot tell, the next attempt finds out.
    const stays = await engine.findVolume(volume).catch(() => null);
    if (stays !== null) await forgetDeletedVolume(job.ports.db, deletedId);
    throw error;
  }
}

async function lastSnapshot(
  engine: Engine,
  job: RunningJob,
  { volume: name, repositoryId, deletedId, step }: Removal,
): Promise<TakenSnapshot | null> {
  if (repositoryId === null) return null;
  const volume = await knownVolume(job, name);
  const repository = await readyRepository(engine, job, await openRepository(job.ports, repositoryId));
  const taken = await takeSnapshot(engine, job, repository, name, 'before_delete', { step, project: volume.project });
  if (taken.unreadable.length > 0)
    throw fail(
      'backup_partial',
      `The last snapshot is not complete, so the volume was not deleted: ${taken.unreadable.slice(0, 5).join('; ')}`,
    );
  await job.remember({ [step]: taken.id });
  const expiresAt = new Date(Date.now() + job.ports.config.undeleteHours * 3_600_000);
  const kept = { id: deletedId, volume, snapshotId: taken.id, deletedBy: job.requestedBy, expiresAt };
  await keepDeletedVolume(job.ports.db, kept);
  return taken;
}

async function knownVolume(job: RunningJob, name: string): Promise<KnownVolume> {
  const volume = await findVolume(job.ports.db, job.host, name);
  if (volume === null)
    throw fail(
      'volume_not_found',
      `Volume "${name}" is not in the inventory of host "${job.host}"; nothing was deleted.`,
    );
  return volume;
}
