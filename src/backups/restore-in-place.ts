import type { Engine } from '../engine/engine.ts';
import { fail, isFailure } from '../errors.ts';
import { ClaimLost, type RunningJob, regardlessOfStop, stopReason } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { carryOutRestart, stopNoted, writeRestartNote } from '../jobs/restart-note.ts';
import { type OpenRepository, prepareStep } from '../repositories/read.ts';
import { volumePath } from '../restic/commands.ts';
import { containersMounting } from '../volumes/read.ts';
import { type Restorable, type Restored, restoreInto, restoreStep } from './restore-step.ts';
import { snapshotStep, takeSnapshot } from './take-snapshot.ts';

/**
 * Sets a volume back to a snapshot. Its containers are stopped, what is there is backed up, only what differs is
 * written, and what ran before runs again, whatever happens. A restore that fails half-way is undone from that backup.
 */
export async function restoreInPlace(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  snapshot: Restorable,
  volume: string,
): Promise<JobResult> {
  const stoppedAt = await stopContainers(engine, job, repository, snapshot, volume);
  const names = job.restartNote?.containers.map(({ name }) => name) ?? [];
  let restored: Restored;
  let safetySnapshot: string;
  try {
    safetySnapshot = await safetyCopy(engine, job, repository, volume);
    restored = await restoreOrUndo(
      engine,
      job,
      repository,
      snapshot,
      { id: safetySnapshot, path: volumePath(job.host, volume) },
      volume,
    );
  } catch (error) {
    // Another worker has the job: it finds the note, and the helper that works.
    if (error instanceof ClaimLost || stopReason(job.signal) === 'lost' || isFailure(error, 'database_unavailable'))
      throw error;
    await startContainers(engine, job);
    throw error;
  }
  await startContainers(engine, job);
  const outageSeconds = names.length === 0 ? 0 : (Date.now() - stoppedAt) / 1000;
  return { volume, snapshot: snapshot.id, safetySnapshot, ...restored, stoppedContainers: names, outageSeconds };
}

/** Writes down what runs, on the job and on both helpers, and only then stops it. Gives the time of the stop. */
async function stopContainers(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  snapshot: Restorable,
  volume: string,
): Promise<number> {
  const remembered = job.memory[`stoppedAt-${job.attempt}`];
  if (typeof remembered === 'number' && job.restartNote !== null) {
    await stopNoted(engine, job.restartNote);
    return remembered;
  }
  const note = job.restartNote ?? writeRestartNote(await containersMounting(engine, volume));
  await job.noteRestart(note);
  await prepareStep(engine, job, repository, snapshotStep(job, volume, 'before_restore').step);
  await prepareStep(engine, job, repository, restoreStep(job, snapshot, volume, 'restore').step);
  const stoppedAt = Date.now();
  await job.remember({ [`stoppedAt-${job.attempt}`]: stoppedAt });
  if (note.containers.length > 0)
    await job.log('info', `Stopping ${note.containers.map(({ name }) => name).join(', ')}.`);
  await stopNoted(engine, note);
  return stoppedAt;
}

async function startContainers(engine: Engine, job: RunningJob): Promise<void> {
  if (job.restartNote === null) return;
  const started = await carryOutRestart(engine, job.restartNote);
  if (started.length > 0) await job.log('info', `Started ${started.join(', ')} again.`);
  await job.noteRestart(null);
}

/** The snapshot of what is there. One with unreadable files could not bring everything back, so the restore is refused. */
async function safetyCopy(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  volume: string,
): Promise<string> {
  const key = `safety-${job.attempt}`;
  const remembered = job.memory[key];
  if (typeof remembered === 'string') return remembered;
  const taken = await takeSnapshot(engine, job, repository, volume, 'before_restore');
  if (taken.unreadable.length > 0)
    throw fail(
      'backup_partial',
      `What is in the volume could not be backed up completely, so nothing was restored: ${taken.unreadable.slice(0, 5).join('; ')}`,
    );
  await job.remember({ [key]: taken.id });
  return taken.id;
}

async function restoreOrUndo(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  snapshot: Restorable,
  safety: Restorable,
  volume: string,
): Promise<Restored> {
  const undoKey = `undo-${job.attempt}`;
  try {
    if (typeof job.memory[undoKey] === 'string') throw fail('restore_failed', job.memory[undoKey]);
    return await restoreInto(engine, job, repository, snapshot, volume);
  } catch (error) {
    if (error instanceof ClaimLost || stopReason(job.signal) === 'lost' || isFailure(error, 'database_unavailable'))
      throw error;
    await job.remember({ [undoKey]: error instanceof Error ? error.message : String(error) });
    await job.log(
      'warn',
      `The restore did not end well; setting the volume back to what was there (snapshot ${safety.id.slice(0, 8)}).`,
    );
    await restoreInto(engine, regardlessOfStop(job), repository, safety, volume, 'undo');
    await job.log('info', 'The volume is as it was before the restore.');
    throw error;
  }
}
