import Value from 'typebox/value';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { openRepository, readyRepository, repositoryLock, requireReach, volumeGone } from '../repositories/read.ts';
import { requireComplete, takeConsistently } from './consistent-snapshots.ts';
import { enqueueCopies } from './copy-handler.ts';
import { BackupInput } from './job-input.ts';
import { allowedToBackUp, volumeLock, volumeOf } from './job-rules.ts';

/** Backs up a volume, with its containers as the consistency asks for. */
export const backupHandler: JobHandler = {
  locks: (job) => [
    volumeLock(job.host, volumeOf(job)),
    repositoryLock(job, Value.Parse(BackupInput, job.input).repositoryId),
  ],
  authorize: (actor, job) => allowedToBackUp(Value.Parse(BackupInput, job.input))(actor, job),
  run: backUp,
};

async function backUp(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const volume = volumeOf(job);
  const engine = job.ports.engines.get(job.host);
  if ((await engine.findVolume(volume)) === null) throw volumeGone(job.host, volume);
  const { repositoryId, copyTo = [], consistency = 'live', hooks = [], database } = Value.Parse(BackupInput, job.input);
  const opened = await openRepository(job.ports, repositoryId);
  // A policy may have named one that helpers of this host cannot reach.
  requireReach(opened, job.host);
  const repository = await readyRepository(engine, job, opened);
  const wish = { volumes: [{ name: volume, project: job.project }], consistency, hooks, database };
  const { taken: all, containers, outageSeconds } = await takeConsistently(engine, job, repository, wish);
  const [taken] = all;
  if (taken === undefined) throw new Error('The backup of one volume has no snapshot.');
  requireComplete([{ volume, ...taken }]);
  const made = { snapshot: taken.id, sourceId: repositoryId, volume, project: job.project };
  const copyJobs = await enqueueCopies(job, made, copyTo);
  return {
    volume,
    snapshot: taken.id,
    files: taken.files,
    bytesRead: taken.bytesRead,
    bytesAdded: taken.bytesAdded,
    seconds: (Date.now() - startedAt) / 1000,
    outageSeconds,
    ...(containers.length === 0 ? {} : { stoppedContainers: [...containers] }),
    ...(copyJobs.length === 0 ? {} : { copyJobs }),
  };
}
