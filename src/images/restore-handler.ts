import Value from 'typebox/value';
import { allowedFor, snapshotLock } from '../backups/read.ts';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { repositoryLock } from '../repositories/read.ts';
import { findSnapshot } from '../snapshots/read.ts';
import { ImageRestoreInput } from './job-input.ts';
import { loadKeptImage } from './load-kept-image.ts';

/** Brings an image back from its snapshot. */
export const imageRestoreHandler: JobHandler = {
  locks(job) {
    const { snapshot, repositoryId } = Value.Parse(ImageRestoreInput, job.input);
    return [snapshotLock(snapshot), repositoryLock(job, repositoryId)];
  },
  authorize: allowedFor('operate'),
  run: restore,
};

async function restore(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { snapshot: id } = Value.Parse(ImageRestoreInput, job.input);
  const snapshot = await findSnapshot(job.ports.db, id);
  if (snapshot === null) throw fail('snapshot_not_found', `There is no snapshot "${id}" any more.`);
  const bytesRestored = await loadKeptImage(job.ports.engines.get(job.host), job, snapshot, 'restore');
  if (bytesRestored === 0) await job.log('info', 'The image is on the host; nothing was done.');
  return { snapshot: snapshot.id, bytesRestored, seconds: (Date.now() - startedAt) / 1000 };
}
