import Value from 'typebox/value';
import { allowedFor, snapshotLock } from '../backups/read.ts';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { isLeftToOthers } from '../jobs/read.ts';
import { openRepository, repositoryLock, requireReach } from '../repositories/read.ts';
import { findSnapshot, snapshotsOfImages } from '../snapshots/read.ts';
import { ConfigurationRestoreInput } from './job-input.ts';
import { removeMade } from './made.ts';
import { make } from './make.ts';
import { planRestore } from './plan-restore.ts';
import { readKept } from './read-kept.ts';

/** Makes again what a snapshot of definitions says: all of it or nothing. */
export const configurationRestoreHandler: JobHandler = {
  locks(job) {
    const { snapshot, repositoryId } = Value.Parse(ConfigurationRestoreInput, job.input);
    const own = { resource: `configuration/${job.host}`, slots: 1 };
    return [own, snapshotLock(snapshot), repositoryLock(job, repositoryId)];
  },
  authorize(actor, job) {
    const { isOfHost } = Value.Parse(ConfigurationRestoreInput, job.input);
    allowedFor(isOfHost ? 'administer' : 'operate')(actor, job);
  },
  run: restore,
  // A job may end without being run again, such as for want of rights, after a worker has died in the middle of it.
  async achieved(job) {
    const removed = await removeMade(job.ports.engines.get(job.host), job);
    return removed.length === 0 ? {} : { removed };
  },
};

async function restore(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { ports, host, project } = job;
  const { snapshot: id, containers, start } = Value.Parse(ConfigurationRestoreInput, job.input);
  const engine = ports.engines.get(host);
  // Nobody knows how far a worker came that has died.
  await removeMade(engine, job);
  job.signal.throwIfAborted();
  const snapshot = await findSnapshot(ports.db, id);
  if (snapshot === null) throw fail('snapshot_not_found', `There is no snapshot "${id}" any more; nothing was done.`);
  requireReach(await openRepository(ports, snapshot.repositoryId), host);
  const configuration = await readKept(engine, job, snapshot);
  const plan = await planRestore(engine, configuration, {
    project,
    containers,
    // Of the one repository that the job holds: another one may be pruned while it is read.
    snapshotsOfImages: (ids) => snapshotsOfImages(ports.db, snapshot.repositoryId, ids),
  });
  try {
    const { created, started } = await make(engine, job, plan, start);
    if (started.length > 0) await job.log('info', `Running: ${started.join(', ')}.`);
    return { snapshot: snapshot.id, created: [...created], seconds: (Date.now() - startedAt) / 1000 };
  } catch (error) {
    if (isLeftToOthers(job, error)) throw error;
    await removeMade(engine, job);
    throw error;
  }
}
