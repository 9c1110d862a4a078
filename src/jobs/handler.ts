import type { Actor } from '../access/roles.ts';
import type { Ports } from '../context.ts';
import type { JobKind, JobProgress, JobResult, LogLevel } from './model.ts';
import type { RestartNote } from './restart-note.ts';

const endings: readonly unknown[] = ['canceled', 'stalled', 'overdue'] satisfies StopReason[];

/**
 * Why a running job must stop. `overdue`: its time limit is over; `lost`: it belongs to another worker now, which goes on
 * with it.
 */
export type StopReason = 'canceled' | 'stalled' | 'overdue' | 'lost';

/** Something that running jobs share. Of a resource with n slots, n jobs may hold one each. */
export interface LockRequest {
  readonly resource: string;
  readonly slots: number;
  /** All of its slots, or none: nobody else may hold one. */
  readonly alone?: true;
}

/** A job in the hands of a worker. Every write fails with {@link ClaimLost} once another worker has the job. */
export interface RunningJob {
  readonly ports: Ports;
  readonly id: string;
  readonly kind: JobKind;
  readonly host: string;
  readonly volume: string | null;
  readonly project: string | null;
  readonly input: unknown;
  readonly requestedBy: string;
  /** The API key that it was asked for with. */
  readonly requestedWith: string | null;
  /** Counts from 1; a job that is taken over from a dead worker stays in its attempt. */
  readonly attempt: number;
  /** Whether a worker that died has begun this attempt. */
  readonly takenOver: boolean;
  /** Aborted with a {@link StopReason}. */
  readonly signal: AbortSignal;
  /** Aborted only when the job belongs to another worker: what undoes a canceled job goes by this one. */
  readonly lost: AbortSignal;
  /** What the job has written down of itself; survives attempts. */
  readonly memory: Readonly<Record<string, unknown>>;
  remember(facts: Record<string, unknown>): Promise<void>;
  readonly restartNote: RestartNote | null;
  /**
   * Writes down what must run again. Of the `candidates` (ids of containers) none may be in the note of another job of the host, or
   * two would restore each other's doing: throws `containers_at_rest` then, and writes nothing.
   */
  noteRestart(note: RestartNote | null, candidates?: readonly string[]): Promise<void>;
  noteHelper(name: string): Promise<void>;
  progress(progress: JobProgress): void;
  /** Does what has a time limit of its own: while it lasts, a lack of progress is no stall. */
  unhurried<T>(work: () => Promise<T>): Promise<T>;
  log(level: LogLevel, message: string): Promise<void>;
}

/** What a kind of job does. */
export interface JobHandler {
  /** What the job holds while it runs; without it the job waits. */
  locks(job: Pick<RunningJob, 'ports' | 'host' | 'volume' | 'input'>): readonly LockRequest[];
  /** Throws unless `actor` may still ask for this; called when the job starts. */
  authorize(actor: Actor, job: Pick<RunningJob, 'volume' | 'project' | 'input'>): void;
  /**
   * Does the work. May be called again for the same attempt after a crash: it finds the helper that works already.
   * A stop by anything but `lost` must leave the volume and its containers in order.
   */
  run(job: RunningJob): Promise<JobResult>;
  /** What is there between two attempts may be half of each: containers that are at rest stay so until the next one. */
  readonly restsBetweenAttempts?: true;
  /** What a job that fails or is canceled has done all the same; it becomes the result. */
  achieved?(job: RunningJob): Promise<JobResult>;
}

export type JobHandlers = Readonly<Record<JobKind, JobHandler>>;

/** The job belongs to another worker; the current one leaves everything as it is. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/** Whether the job is to end: nothing of it goes on. */
export function endsJob(signal: AbortSignal): boolean {
  return signal.aborted && endings.includes(signal.reason);
}

/** Why the job was told to stop, if it was. */
export function stopReason(signal: AbortSignal): StopReason | null {
  if (!signal.aborted) return null;
  return endsJob(signal) ? signal.reason : 'lost';
}

/** The same job, which a cancel does not stop any more: for what undoes it. */
export function regardlessOfStop(job: RunningJob): RunningJob {
  return Object.create(job, { signal: { value: job.lost } });
}
