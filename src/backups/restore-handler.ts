import Value from 'typebox/value';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { openRepository, readyRepository, repositoryLock, volumeGone } from '../repositories/read.ts';
import type { Snapshot } from '../snapshots/model.ts';
import { findSnapshot } from '../snapshots/read.ts';
import { findDeletedVolume, forgetDeletedVolume } from './deleted-volumes.ts';
import { fillNewVolume } from './fill-new-volume.ts';
import { RestoreInput, UndeleteInput } from './job-input.ts';
import { allowedFor, snapshotLock, volumeLock, volumeOf } from './job-rules.ts';
import { restoreInPlace } from './restore-in-place.ts';
import { restoreInto } from './restore-step.ts';

/** Restores a snapshot, into a new volume or in place. */
export const restoreHandler: JobHandler = {
  locks: (job) => locksOf(job, Value.Parse(RestoreInput, job.input)),
  authorize: (actor, job) =>
    allowedFor(Value.Parse(RestoreInput, job.input).into === undefined ? 'administer' : 'operate')(actor, job),
  restsBetweenAttempts: true,
  run: restore,
};

/** Brings a deleted volume back from its last snapshot, with its driver, options and labels. */
export const undeleteHandler: JobHandler = {
  locks: (job) => locksOf(job, Value.Parse(UndeleteInput, job.input)),
  authorize: allowedFor('operate'),
  run: undelete,
};

function locksOf(job: Parameters<JobHandler['locks']>[0], source: { snapshot: string; repositoryId: string }) {
  return [volumeLock(job.host, volumeOf(job)), repositoryLock(job, source.repositoryId), snapshotLock(source.snapshot)];
}

async function restore(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const input = Value.Parse(RestoreInput, job.input);
  const { engine, opened, snapshot } = await openSource(job, input);
  const volume = volumeOf(job);
  if (input.into === undefined) {
    if ((await engine.findVolume(volume)) === null) throw volumeGone(job.host, volume);
    const repository = await readyRepository(engine, job, opened);
    const item = { volume, project: job.project, snapshot };
    const { result, containers, outageSeconds } = await restoreInPlace(engine, job, repository, [item]);
    return {
      ...result[0],
      stoppedContainers: [...containers],
      outageSeconds,
      seconds: (Date.now() - startedAt) / 1000,
    };
  }
  const spec = { name: volume, driver: 'local', options: {}, labels: input.labels ?? {} };
  const restored = await fillNewVolume(engine, job, spec, () => restoreInto(engine, job, opened, snapshot, volume));
  return { volume, snapshot: snapshot.id, ...restored, seconds: (Date.now() - startedAt) / 1000 };
}

async function undelete(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const input = Value.Parse(UndeleteInput, job.input);
  const { engine, opened, snapshot } = await openSource(job, input);
  const spec = await findDeletedVolume(job.ports.db, input.deletedId);
  if (spec === null) throw fail('deleted_volume_not_found', `The grace time of volume "${volumeOf(job)}" has ended.`);
  const restored = await fillNewVolume(engine, job, spec, () => restoreInto(engine, job, opened, snapshot, spec.name));
  await forgetDeletedVolume(job.ports.db, input.deletedId);
  return { volume: volumeOf(job), snapshot: snapshot.id, ...restored, seconds: (Date.now() - startedAt) / 1000 };
}

async function openSource(job: RunningJob, { snapshot: id, repositoryId }: { snapshot: string; repositoryId: string }) {
  const engine = job.ports.engines.get(job.host);
  const snapshot: Snapshot | null = await findSnapshot(job.ports.db, id);
  if (snapshot === null) throw fail('snapshot_not_found', `There is no snapshot "${id}" any more.`);
  return { engine, opened: await openRepository(job.ports, repositoryId), snapshot };
}
