import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import Value from 'typebox/value';
import { loadActor, recordAudit } from '../access/read.ts';
import type { Actor } from '../access/roles.ts';
import type { Ports } from '../context.ts';
import { translateDatabaseError } from '../database/client.ts';
import { type Failure, fail, isFailure } from '../errors.ts';
import { pause } from '../pause.ts';
import { carryOutRestart } from './carry-out-restart.ts';
import { type Claim, claimJob } from './claim.ts';
import { ClaimLost, type JobHandler, type JobHandlers, type RunningJob, stopReason } from './handler.ts';
import { removeHelpersOf } from './helper-run.ts';
import { isLeftToOthers } from './left-to-others.ts';
import { type JobKind, JobResult, type JobState } from './model.ts';
import { runningJob } from './running-job.ts';
import { findJobRow, jobsForQueue } from './store.ts';

const sweepSeconds = 2;

/** What a worker needs besides the ports. */
export interface WorkerOptions {
  readonly handlers: JobHandlers;
  /** Jobs that this process runs at a time, over all hosts. */
  readonly concurrency: number;
}

/** Takes jobs off the queue until the signal aborts. */
export async function startWorker(
  ports: Ports,
  { handlers, concurrency }: WorkerOptions,
  signal: AbortSignal,
): Promise<void> {
  const worker = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  await ports.queue.work(concurrency, (id, lost) => workOn(ports, handlers, worker, id, lost));
  while (!signal.aborted) {
    await sendWaiting(ports).catch((error: unknown) =>
      ports.log.warn({ err: error }, 'the waiting jobs could not be sent to the queue'),
    );
    await pause(sweepSeconds * 1000, signal);
  }
}

/** Tells the queue of every job that may run now; it ignores those it knows. */
async function sendWaiting(ports: Ports): Promise<void> {
  for (const id of await jobsForQueue(ports.db, 100)) await ports.queue.send(id);
}

async function workOn(
  ports: Ports,
  handlers: JobHandlers,
  worker: string,
  id: string,
  lost: AbortSignal,
): Promise<void> {
  try {
    const claim = await take(ports, handlers, worker, id);
    if (claim === null) return;
    ports.log.info(
      { job: id, kind: claim.row.kind, attempt: claim.row.attempt, takenOver: claim.takenOver },
      'job taken',
    );
    await runClaimed(ports, handlers[claim.row.kind as JobKind], claim, lost);
    await sendWaiting(ports);
  } catch (error) {
    // Whatever it is, the job is still written down as running: the next sweep gives it to a worker again.
    if (!(error instanceof ClaimLost) && !lost.aborted)
      ports.log.error({ err: translateDatabaseError(error), job: id }, 'the worker left the job');
  }
}

async function take(ports: Ports, handlers: JobHandlers, worker: string, id: string): Promise<Claim | null> {
  const row = await findJobRow(ports.db, id);
  if (row === null || (row.state !== 'queued' && row.state !== 'running')) return null;
  const locks = handlers[row.kind as JobKind].locks({
    ports,
    host: row.hostName,
    volume: row.volumeName,
    input: row.input,
  });
  const host = { resource: `host/${row.hostName}`, slots: ports.config.hostJobs };
  return await claimJob(ports.db, id, worker, [host, ...locks]);
}

async function runClaimed(ports: Ports, handler: JobHandler, claim: Claim, lost: AbortSignal): Promise<void> {
  const { row } = claim;
  const running = runningJob(ports, claim, lost);
  const { job } = running;
  const changed = () => ports.notices.publish({ topic: 'job', id: row.id });
  try {
    await changed();
    const result = await resultOf(ports, handler, row, job);
    await running.settle();
    await tidyUp(ports, job);
    await claim.succeed(result);
    ended(ports, row.kind, 'succeeded');
  } catch (error) {
    await running.settle();
    await conclude(ports, handler, claim, job, error);
  } finally {
    running.close();
  }
  if (row.startedAt !== null)
    ports.telemetry.jobDurations.observe({ kind: row.kind }, (Date.now() - row.startedAt.getTime()) / 1000);
  await changed();
}

/** The result is remembered before the helpers that hold it are removed: a worker that takes over then does not run again. */
async function resultOf(ports: Ports, handler: JobHandler, row: Claim['row'], job: RunningJob): Promise<JobResult> {
  const remembered = job.memory['result'];
  if (remembered !== undefined) return Value.Parse(JobResult, remembered);
  await requireRights(ports, handler, job);
  requireInTime(row);
  const result = await handler.run(job);
  await job.remember({ result });
  return result;
}

/** Throws `start_window_missed`. A job that had begun in time goes on, whatever interrupted it. */
function requireInTime({ startBefore, startedAt }: Claim['row']): void {
  if (startBefore !== null && startedAt !== null && startedAt > startBefore)
    throw fail(
      'start_window_missed',
      `The job was to begin by ${startBefore.toISOString()} and could not: others held what it needs; nothing was done.`,
    );
}

/** Rights are asked again when a job starts: what was allowed when it was asked for may be so no more. A refusal is audited. */
async function requireRights(ports: Ports, handler: JobHandler, job: RunningJob): Promise<void> {
  const { id, kind, host, volume, project, requestedBy, requestedWith } = job;
  const actor: Actor = { subject: requestedBy, name: requestedBy, grants: [] };
  try {
    handler.authorize(await loadActor(ports, { subject: requestedBy, key: requestedWith }), job);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const target = { job: id, host, ...(volume === null ? {} : { volume }) };
    const entry = { operation: `jobs.${kind}`, outcome: 'refused' as const, code: error.code, project, target };
    await recordAudit({ ports, actor, requestId: id, via: 'job' }, entry);
    throw error;
  }
}

/** What a dead worker has brought to rest does not wait for the next attempt, or for the sweep, when this one has not come that far. */
async function letGoOn(ports: Ports, job: RunningJob): Promise<void> {
  if (job.restartNote === null) return;
  const engine = ports.engines.get(job.host);
  const { left, complaints } = await carryOutRestart(engine, job.restartNote);
  for (const { text } of complaints) await job.log('error', text);
  await job.noteRestart(left);
}

/** Nothing of a job holds its volume any more when the job is seen to have ended. An engine that is away keeps the helpers for the sweep. */
async function tidyUp(ports: Ports, job: RunningJob): Promise<void> {
  await removeHelpersOf(ports, job.host, job.id).catch((err: unknown) =>
    ports.log.warn({ err, job: job.id }, 'helpers are left for the sweep'),
  );
}

async function conclude(
  ports: Ports,
  handler: JobHandler,
  claim: Claim,
  job: RunningJob,
  error: unknown,
): Promise<void> {
  const reason = stopReason(job.signal);
  const translated = translateDatabaseError(error);
  if (isLeftToOthers(job, error)) throw translated;
  const isTried = isFailure(translated, 'containers_not_restarted') || handler.restsBetweenAttempts === true;
  if (!isTried) await letGoOn(ports, job);
  await tidyUp(ports, job);
  const { row } = claim;
  const failure = toFailure(ports, translated, reason, row.id);
  await claim.log('error', `${failure.code}: ${failure.message}`);
  if (failure.code === 'job_canceled') {
    await claim.end('canceled', failure, await handler.achieved?.(job));
    return ended(ports, row.kind, 'canceled');
  }
  if (failure.retryable && row.attempt < row.maxAttempts) {
    const seconds = ports.config.jobBackoffSeconds * 2 ** (row.attempt - 1);
    await claim.log('info', `Attempt ${row.attempt + 1} of ${row.maxAttempts} starts in ${seconds} s.`);
    return await claim.postpone(failure, new Date(Date.now() + seconds * 1000));
  }
  await claim.end('failed', failure, await handler.achieved?.(job));
  ended(ports, row.kind, 'failed');
}

function ended(ports: Ports, kind: string, state: JobState): void {
  ports.telemetry.jobs.inc({ kind, state });
}

function toFailure(ports: Ports, error: unknown, reason: ReturnType<typeof stopReason>, id: string): Failure {
  if (isFailure(error, 'containers_not_restarted')) return error;
  if (reason === 'canceled')
    return fail('job_canceled', 'The job was canceled while it ran; what it had begun was undone or ended.');
  if (reason === 'overdue')
    return fail('completion_window_missed', 'The time limit of the job was over before it had ended, so it was ended.');
  if (reason === 'stalled')
    return fail('job_stalled', 'The job made no progress for too long and was ended; see its log, then retry it.');
  if (isFailure(error)) return error;
  ports.log.error({ err: error, job: id }, 'a job failed unexpectedly');
  return fail('internal', {
    detail: `An unexpected error ended the job; the log of the control plane tells more under job ${id}.`,
    cause: error,
  });
}
