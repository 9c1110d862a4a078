import Value from 'typebox/value';
import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import { removeHelpersOf } from '../jobs/helper-run.ts';
import type { JobResult } from '../jobs/model.ts';
import { openRepository } from '../repositories/read.ts';
import { containersMounting, findVolume, refreshVolume } from '../volumes/read.ts';
import { forgetDeletedVolume, keepDeletedVolume } from './deleted-volumes.ts';
import { DeleteInput } from './job-input.ts';
import { allowedFor, volumeLock, volumeOf } from './job-rules.ts';
import { readyRepository, repositoryLock } from './restic-step.ts';
import { type TakenSnapshot, takeSnapshot } from './take-snapshot.ts';
import { volumeInUse } from './volume-in-use.ts';

/** Deletes a volume, after a last snapshot from which it can be brought back. */
export const deleteHandler: JobHandler = {
  locks(job) {
    const { repositoryId } = Value.Parse(DeleteInput, job.input);
    return [
      volumeLock(job.host, volumeOf(job)),
      ...(repositoryId === undefined ? [] : [repositoryLock(job, repositoryId)]),
    ];
  },
  authorize: allowedFor('administer'),
  run: deleteVolume,
};

async function deleteVolume(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const volume = volumeOf(job);
  const engine = job.ports.engines.get(job.host);
  // Where it is gone already, a worker that died here had removed it, or somebody else has.
  const isThere = (await engine.findVolume(volume)) !== null;
  const taken = isThere ? await snapshotAndRemove(engine, job, volume) : null;
  await refreshVolume(job.ports, job.host, volume);
  return { volume, seconds: (Date.now() - startedAt) / 1000, ...resultOf(job, taken) };
}

async function snapshotAndRemove(engine: Engine, job: RunningJob, volume: string): Promise<TakenSnapshot | null> {
  await refuseUsed(engine, volume);
  const taken = await lastSnapshot(engine, job, volume);
  if (taken !== null) await keep(job, volume, taken.id);
  try {
    await refuseUsed(engine, volume);
    await removeHelpersOf(job.ports, job.host, job.id);
    await engine.removeVolume(volume);
    return taken;
  } catch (error) {
    // A volume that stays is none that could be brought back. When the engine cannot tell, the next attempt finds out.
    const stays = await engine.findVolume(volume).catch(() => null);
    if (stays !== null) await forgetDeletedVolume(job.ports.db, job.id);
    throw error;
  }
}

function resultOf({ memory }: RunningJob, taken: TakenSnapshot | null): JobResult {
  if (taken !== null) {
    const { id: snapshot, files, bytesRead, bytesAdded } = taken;
    return { snapshot, files, bytesRead, bytesAdded };
  }
  return typeof memory['snapshot'] === 'string' ? { snapshot: memory['snapshot'] } : {};
}

async function refuseUsed(engine: Engine, volume: string): Promise<void> {
  const users = await containersMounting(engine, volume);
  if (users.length > 0)
    throw volumeInUse(
      engine.host,
      volume,
      users.map(({ name }) => name),
    );
}

async function lastSnapshot(engine: Engine, job: RunningJob, volume: string): Promise<TakenSnapshot | null> {
  const { repositoryId } = Value.Parse(DeleteInput, job.input);
  if (repositoryId === undefined) return null;
  const repository = await readyRepository(engine, job, await openRepository(job.ports, repositoryId));
  const taken = await takeSnapshot(engine, job, repository, volume, 'before_delete');
  if (taken.unreadable.length > 0)
    throw fail(
      'backup_partial',
      `The last snapshot is not complete, so the volume was not deleted: ${taken.unreadable.slice(0, 5).join('; ')}`,
    );
  await job.remember({ snapshot: taken.id });
  return taken;
}

async function keep(job: RunningJob, name: string, snapshotId: string): Promise<void> {
  const volume = await findVolume(job.ports.db, job.host, name);
  if (volume === null)
    throw fail(
      'volume_not_found',
      `Volume "${name}" is not in the inventory of host "${job.host}"; nothing was deleted.`,
    );
  const expiresAt = new Date(Date.now() + job.ports.config.undeleteHours * 3_600_000);
  await keepDeletedVolume(job.ports.db, { id: job.id, volume, snapshotId, deletedBy: job.requestedBy, expiresAt });
}
