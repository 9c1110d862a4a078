import Value from 'typebox/value';
import { allowedFor, fillNewVolume, restoreInto, snapshotLock, volumeOf } from '../backups/read.ts';
import { fail, isFailure } from '../errors.ts';
import { type JobHandler, type RunningJob, stopReason } from '../jobs/handler.ts';
import { removeHelpersOf } from '../jobs/helper-run.ts';
import type { JobResult } from '../jobs/model.ts';
import { openRepository, repositoryLock } from '../repositories/read.ts';
import type { Snapshot } from '../snapshots/model.ts';
import { findSnapshot } from '../snapshots/read.ts';
import { refreshVolume } from '../volumes/read.ts';
import { DrillInput } from './drill-input.ts';
import type { RestoreDrill } from './model.ts';
import { saveDrill } from './store.ts';

/** What says that the snapshot, and not something around it, is at fault. */
const ofSnapshot = ['restore_failed', 'restore_incomplete', 'repository_damaged'] as const;

/** Restores a snapshot into a volume of its own, compares it, and removes the volume, whatever happens. One on a host at a time. */
export const drillHandler: JobHandler = {
  locks(job) {
    const { snapshot, repositoryId } = Value.Parse(DrillInput, job.input);
    return [
      { resource: `restore-drill/${job.host}`, slots: 1 },
      repositoryLock(job, repositoryId),
      snapshotLock(snapshot),
    ];
  },
  authorize: allowedFor('operate'),
  run: drill,
};

/** The volume of a drill; it is there while the drill goes on. */
export function scratchVolume(job: Pick<RunningJob, 'id'>): string {
  return `stowage-drill-${job.id}`;
}

async function drill(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { snapshot: id } = Value.Parse(DrillInput, job.input);
  const snapshot = await findSnapshot(job.ports.db, id);
  if (snapshot === null) throw fail('snapshot_not_found', `There is no snapshot "${id}" any more.`);
  try {
    await restoreForATry(job, snapshot);
  } catch (error) {
    if (isFailure(error) && ofSnapshot.some((code) => code === error.code))
      await saveDrill(job.ports.db, resultOf(job, snapshot, startedAt, { code: error.code, detail: error.message }));
    throw error;
  }
  const done = resultOf(job, snapshot, startedAt, null);
  await saveDrill(job.ports.db, done);
  // Whether a volume can be restored is a finding.
  await job.ports.notices.publish({ topic: 'inventory', id: job.host });
  return { snapshot: id, bytesRestored: done.bytes, files: done.files, seconds: done.seconds };
}

async function restoreForATry(job: RunningJob, snapshot: Snapshot): Promise<void> {
  const engine = job.ports.engines.get(job.host);
  const name = scratchVolume(job);
  const repository = await openRepository(job.ports, snapshot.repositoryId);
  // Nobody is to take it for data: it belongs to no project, and anything that cleans up may take it.
  const spec = { name, driver: 'local', options: {}, labels: { 'stowage.role': 'drill' } };
  await fillNewVolume(engine, job, spec, () => restoreInto(engine, job, repository, snapshot, name, 'drill'));
  if (stopReason(job.signal) === 'lost') return;
  await removeHelpersOf(job.ports, job.host, job.id);
  await engine.removeVolume(name);
  await refreshVolume(job.ports, job.host, name);
}

function resultOf(
  job: RunningJob,
  { id, repositoryId, bytes, files }: Snapshot,
  startedAt: number,
  error: RestoreDrill['error'],
): RestoreDrill {
  return {
    id: job.id,
    host: job.host,
    volume: volumeOf(job),
    project: job.project,
    snapshot: id,
    repositoryId,
    ok: error === null,
    error,
    bytes,
    files,
    seconds: (Date.now() - startedAt) / 1000,
    finishedAt: new Date().toISOString(),
  };
}
