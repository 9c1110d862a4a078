import Value from 'typebox/value';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { openRepository, readyRepository, repositoryLock, requireReach, volumeGone } from '../repositories/read.ts';
import { findSnapshot } from '../snapshots/read.ts';
import { requireComplete, takeConsistently } from './consistent-snapshots.ts';
import { enqueueCopies } from './copy-handler.ts';
import { GroupBackupInput, GroupRestoreInput } from './job-input.ts';
import { allowedFor, allowedToBackUp, snapshotLock, volumeLock } from './job-rules.ts';
import { type InPlace, restoreInPlace } from './restore-in-place.ts';

/** Backs up all volumes of a Compose project as of one moment. */
export const groupBackupHandler: JobHandler = {
  locks(job) {
    const { volumes, repositoryId } = Value.Parse(GroupBackupInput, job.input);
    return [...volumes.map(({ name }) => volumeLock(job.host, name)), repositoryLock(job, repositoryId)];
  },
  authorize: (actor, job) => allowedToBackUp(Value.Parse(GroupBackupInput, job.input))(actor, job),
  run: backUp,
};

/** Sets all volumes of a Compose project back to one of its backups. */
export const groupRestoreHandler: JobHandler = {
  locks(job) {
    const { volumes, repositoryId } = Value.Parse(GroupRestoreInput, job.input);
    return [
      ...volumes.flatMap(({ name, snapshot }) => [volumeLock(job.host, name), snapshotLock(snapshot)]),
      repositoryLock(job, repositoryId),
    ];
  },
  authorize: allowedFor('administer'),
  restsBetweenAttempts: true,
  run: restore,
};

async function backUp(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { volumes, repositoryId, copyTo, consistency, hooks } = Value.Parse(GroupBackupInput, job.input);
  const engine = await engineWith(job, volumes);
  const opened = await openRepository(job.ports, repositoryId);
  requireReach(opened, job.host);
  const repository = await readyRepository(engine, job, opened);
  const wish = { volumes, consistency, hooks };
  const { taken, containers, outageSeconds } = await takeConsistently(engine, job, repository, wish);
  const backups = taken.map((one, index) => ({ ...one, volume: volumes[index]?.name ?? '' }));
  requireComplete(backups);
  const copyJobs: string[] = [];
  for (const [index, { id, volume }] of backups.entries()) {
    const made = { snapshot: id, sourceId: repositoryId, volume, project: volumes[index]?.project ?? null };
    copyJobs.push(...(await enqueueCopies(job, made, copyTo)));
  }
  return {
    backups: backups.map(({ id: snapshot, volume, files, bytesRead, bytesAdded }) => ({
      volume,
      snapshot,
      files,
      bytesRead,
      bytesAdded,
    })),
    files: sum(taken.map(({ files }) => files)),
    bytesRead: sum(taken.map(({ bytesRead }) => bytesRead)),
    bytesAdded: sum(taken.map(({ bytesAdded }) => bytesAdded)),
    seconds: (Date.now() - startedAt) / 1000,
    outageSeconds,
    stoppedContainers: [...containers],
    ...(copyJobs.length === 0 ? {} : { copyJobs }),
  };
}

async function restore(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { volumes, repositoryId } = Value.Parse(GroupRestoreInput, job.input);
  const engine = await engineWith(job, volumes);
  const repository = await readyRepository(engine, job, await openRepository(job.ports, repositoryId));
  const items: InPlace[] = [];
  for (const { name, project, snapshot: id } of volumes) {
    const snapshot = await findSnapshot(job.ports.db, id);
    if (snapshot === null) throw fail('snapshot_not_found', `There is no snapshot "${id}" any more; nothing was done.`);
    items.push({ volume: name, project, snapshot });
  }
  const { result, containers, outageSeconds } = await restoreInPlace(engine, job, repository, items);
  return {
    restores: result.map(({ volume, snapshot, safetySnapshot, filesRestored, bytesRestored }) => ({
      volume,
      snapshot,
      safetySnapshot,
      filesRestored,
      bytesRestored,
    })),
    filesRestored: sum(result.map(({ filesRestored }) => filesRestored)),
    filesUnchanged: sum(result.map(({ filesUnchanged }) => filesUnchanged)),
    filesDeleted: sum(result.map(({ filesDeleted }) => filesDeleted)),
    bytesRestored: sum(result.map(({ bytesRestored }) => bytesRestored)),
    stoppedContainers: [...containers],
    outageSeconds,
    seconds: (Date.now() - startedAt) / 1000,
  };
}

/** The engine of the job. Throws `volume_not_found` when one of the volumes is not on it any more. */
async function engineWith({ ports, host }: RunningJob, volumes: readonly { readonly name: string }[]) {
  const engine = ports.engines.get(host);
  for (const { name } of volumes) if ((await engine.findVolume(name)) === null) throw volumeGone(host, name);
  return engine;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
