import Value from 'typebox/value';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { openRepository, readyRepository, repositoryLock, requireReach, volumeGone } from '../repositories/read.ts';
import { enqueueCopies } from './copy-handler.ts';
import { BackupInput } from './job-input.ts';
import { allowedFor, volumeLock, volumeOf } from './job-rules.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** Backs up a volume while its containers go on. */
export const backupHandler: JobHandler = {
  locks: (job) => [
    volumeLock(job.host, volumeOf(job)),
    repositoryLock(job, Value.Parse(BackupInput, job.input).repositoryId),
  ],
  authorize: allowedFor('operate'),
  run: backUp,
};

async function backUp(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const volume = volumeOf(job);
  const engine = job.ports.engines.get(job.host);
  if ((await engine.findVolume(volume)) === null) throw volumeGone(job.host, volume);
  const { repositoryId, copyTo = [] } = Value.Parse(BackupInput, job.input);
  const opened = await openRepository(job.ports, repositoryId);
  // A policy may have named one that helpers of this host cannot reach.
  requireReach(opened, job.host);
  const repository = await readyRepository(engine, job, opened);
  const taken = await takeSnapshot(engine, job, repository, volume, 'backup');
  if (taken.unreadable.length > 0)
    throw fail(
      'backup_partial',
      `Snapshot ${taken.id.slice(0, 8)} is kept as partial; ${taken.unreadable.length} entries could not be read: ${taken.unreadable.slice(0, 5).join('; ')}`,
    );
  const copyJobs = await enqueueCopies(job, { snapshot: taken.id, sourceId: repositoryId }, copyTo);
  return {
    volume,
    snapshot: taken.id,
    files: taken.files,
    bytesRead: taken.bytesRead,
    bytesAdded: taken.bytesAdded,
    seconds: (Date.now() - startedAt) / 1000,
    outageSeconds: 0,
    ...(copyJobs.length === 0 ? {} : { copyJobs }),
  };
}
