import Value from 'typebox/value';
import type { Ports } from '../context.ts';
import type { Claim } from './claim.ts';
import type { RunningJob, StopReason } from './handler.ts';
import type { JobKind, JobProgress } from './model.ts';
import { RestartNote } from './restart-note.ts';

const writeEveryMs = 500;
/** Node's timers know no longer time. */
const longestTimerMs = 2 ** 31 - 1;

/** A claimed job as its handler sees it, with the timers around it. */
export interface Running {
  readonly job: RunningJob;
  /** Waits for the last write of progress. */
  settle(): Promise<void>;
  close(): void;
}

/** Watches over a claimed job: cancel requests, time without progress, and the loss of the claim end its signal. */
export function runningJob(ports: Ports, claim: Claim, lost: AbortSignal): Running {
  const { row } = claim;
  const stop = new AbortController();
  const closed = new AbortController();
  const signal = AbortSignal.any([lost, stop.signal]);
  let memory: Record<string, unknown> = { ...Object(row.memory) };
  let restartNote = row.restartNote === null ? null : Value.Parse(RestartNote, row.restartNote);
  const progress = progressWriter(ports, claim);

  const stallMs = ports.config.jobStallSeconds * 1000;
  const stallTimer = setInterval(
    () => {
      if (Date.now() - progress.changedAt() > stallMs) end('stalled');
    },
    Math.min(stallMs, 1000),
  );

  const limit = limitOf(row);
  const limitTimer = limit === null ? undefined : setTimeout(() => end('overdue'), limit);

  function end(reason: StopReason): void {
    if (!signal.aborted) stop.abort(reason);
  }

  void watchForCancel(ports, row.id, closed.signal, () => end('canceled')).catch((error: unknown) =>
    ports.log.warn({ err: error, job: row.id }, 'cancel requests cannot be seen'),
  );

  const job: RunningJob = {
    ports,
    id: row.id,
    kind: row.kind as JobKind,
    host: row.hostName,
    volume: row.volumeName,
    project: row.project,
    input: row.input,
    requestedBy: row.requestedBy,
    requestedWith: row.requestedWith,
    attempt: row.attempt,
    takenOver: claim.takenOver,
    signal,
    lost,
    get memory() {
      return memory;
    },
    async remember(facts) {
      memory = { ...memory, ...facts };
      await claim.update({ memory: JSON.parse(JSON.stringify(memory)) });
    },
    get restartNote() {
      return restartNote;
    },
    async noteRestart(note, candidates = []) {
      await claim.noteRestart(note, candidates);
      restartNote = note;
    },
    noteHelper: (name) => claim.noteHelper(name),
    progress: progress.report,
    unhurried: progress.unhurried,
    log: (level, message) => claim.log(level, message),
  };

  return {
    job,
    settle: progress.settle,
    close() {
      clearInterval(stallTimer);
      clearTimeout(limitTimer);
      closed.abort();
    },
  };
}

/** Milliseconds until the time limit of a job is over, which counts from its first start; null without one. */
function limitOf({ limitSeconds, startedAt }: Claim['row']): number | null {
  if (limitSeconds === null) return null;
  const sinceMs = Date.now() - (startedAt ?? new Date()).getTime();
  return Math.min(Math.max(0, limitSeconds * 1000 - sinceMs), longestTimerMs);
}

/** Writes progress down at most every half second; the newest wins, and one that is lost matters to nobody. */
function progressWriter(ports: Ports, claim: Claim) {
  let changedAt = Date.now();
  let newest: JobProgress | null = null;
  let writing: Promise<void> = Promise.resolve();
  let nextWriteAt = 0;

  async function write(): Promise<void> {
    if (newest === null) return;
    const progress = newest;
    newest = null;
    await claim.update({ progress, progressedAt: new Date(changedAt) });
    await ports.notices.publish({ topic: 'job', id: claim.row.id });
  }

  let previous = '';
  let unhurried = 0;
  return {
    changedAt: () => (unhurried > 0 ? Date.now() : changedAt),
    async unhurried<T>(work: () => Promise<T>): Promise<T> {
      unhurried += 1;
      try {
        return await work();
      } finally {
        unhurried -= 1;
        changedAt = Date.now();
      }
    },
    report(progress: JobProgress): void {
      const mark = `${progress.step} ${progress.bytesDone} ${progress.filesDone}`;
      if (mark !== previous) changedAt = Date.now();
      previous = mark;
      newest = progress;
      if (Date.now() < nextWriteAt) return;
      nextWriteAt = Date.now() + writeEveryMs;
      writing = writing.then(write).catch(() => undefined);
    },
    async settle(): Promise<void> {
      await writing;
      await write().catch(() => undefined);
    },
  };
}

async function watchForCancel(ports: Ports, id: string, closed: AbortSignal, cancel: () => void): Promise<void> {
  const isCanceled = async () =>
    (await ports.db.job.findUnique({ where: { id }, select: { cancelRequestedAt: true } }))?.cancelRequestedAt != null;
  const notices = ports.notices.subscribe('cancel', id, closed);
  if (await isCanceled()) return cancel();
  for await (const _ of notices) if (await isCanceled()) return cancel();
}
