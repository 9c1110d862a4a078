import { type Database, Prisma, type Transaction } from '../database/client.ts';
import { type Failure, fail } from '../errors.ts';
import { containersToRestart } from './engaged.ts';
import { ClaimLost, type LockRequest } from './handler.ts';
import { recordEnd } from './job-events.ts';
import { type JobRow, withAttempts } from './job-row.ts';
import { takeLocks } from './locks.ts';
import type { JobResult, JobState, LogLevel } from './model.ts';
import type { RestartNote } from './restart-note.ts';

/** Notes of what must run again are written one after the other. */
const notingKey = 7_082_302;

/** A job that a worker has taken: the only way to write to a running job. Every write throws {@link ClaimLost} once another worker took it. */
export interface Claim {
  readonly row: JobRow;
  readonly takenOver: boolean;
  update(data: Prisma.JobUpdateManyMutationInput): Promise<void>;
  noteHelper(name: string): Promise<void>;
  /** As {@link RunningJob.noteRestart}. */
  noteRestart(note: RestartNote | null, candidates: readonly string[]): Promise<void>;
  log(level: LogLevel, message: string): Promise<void>;
  succeed(result: JobResult): Promise<void>;
  end(state: Extract<JobState, 'failed' | 'canceled'>, failure: Failure, achieved?: JobResult): Promise<void>;
  /** Ends the attempt and lets the job wait for the next one. */
  postpone(failure: Failure, until: Date): Promise<void>;
}

/** Takes the job and what it must hold, or gives null: it has ended, must wait, or its resources are taken. */
export async function claimJob(
  db: Database,
  id: string,
  worker: string,
  locks: readonly LockRequest[],
): Promise<Claim | null> {
  return await db.$transaction(async (tx) => {
    if (!(await takeLocks(tx, id, locks))) return null;
    const claimable = { id, OR: [{ state: 'queued', runAfter: { lte: new Date() } }, { state: 'running' }] };
    const before = await tx.job.findFirst({ where: claimable });
    if (before === null) {
      await tx.jobLock.deleteMany({ where: { jobId: id } });
      return null;
    }
    const takenOver = before.state === 'running';
    const attempt = takenOver ? before.attempt : before.attempt + 1;
    const now = new Date();
    const data = {
      state: 'running',
      worker,
      attempt,
      claim: { increment: 1 },
      progressedAt: now,
      startedAt: before.startedAt ?? now,
    };
    // A cancel may have ended it since it was read.
    const { count } = await tx.job.updateMany({ where: { id, state: before.state, claim: before.claim }, data });
    if (count === 0) {
      await tx.jobLock.deleteMany({ where: { jobId: id } });
      return null;
    }
    if (!takenOver) await tx.jobAttempt.create({ data: { jobId: id, number: attempt } });
    return claimOf(db, await tx.job.findUniqueOrThrow({ where: { id }, include: withAttempts }), takenOver);
  });
}

/** One job after the other looks and writes. Throws `containers_at_rest`. */
async function requireFree(tx: Transaction, { id, hostName }: JobRow, candidates: readonly string[]): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(${notingKey})`;
  const held = await containersToRestart(tx, hostName);
  const other = candidates.map((container) => held.get(container)).find((job) => job !== undefined && job !== id);
  if (other !== undefined)
    throw fail('containers_at_rest', `Job ${other} has brought a container to rest that this one needs as well.`);
}

function claimOf(db: Database, row: JobRow, takenOver: boolean): Claim {
  const mine = { id: row.id, claim: row.claim, state: 'running' };
  const attempt = { jobId_number: { jobId: row.id, number: row.attempt } };

  async function write(tx: Transaction, data: Prisma.JobUpdateManyMutationInput): Promise<void> {
    const { count } = await tx.job.updateMany({ where: mine, data });
    if (count === 0) throw new ClaimLost(`Job ${row.id} belongs to another worker.`);
  }

  /** The last write of an attempt: job, attempt and locks change together or not at all, and of the last attempt its event. */
  async function conclude(
    data: Prisma.JobUpdateManyMutationInput,
    failure: Failure | null,
    ending?: Extract<JobState, 'succeeded' | 'failed' | 'canceled'>,
  ): Promise<void> {
    const error = failure === null ? {} : { errorCode: failure.code, errorDetail: failure.message };
    await db.$transaction(async (tx) => {
      await write(tx, data);
      await tx.jobAttempt.update({ where: attempt, data: { finishedAt: new Date(), ...error } });
      await tx.jobLock.deleteMany({ where: { jobId: row.id } });
      const why = failure === null ? null : { code: failure.code, detail: failure.message };
      if (ending !== undefined) await recordEnd(tx, row, ending, why);
    });
  }

  return {
    row,
    takenOver,
    update: (data) => write(db, data),
    async noteRestart(note, candidates) {
      await db.$transaction(async (tx) => {
        if (candidates.length > 0) await requireFree(tx, row, candidates);
        await write(tx, { restartNote: note ?? Prisma.DbNull });
      });
    },
    async noteHelper(name) {
      await write(db, { worker: row.worker });
      await db.jobAttempt.update({ where: attempt, data: { helper: name } });
    },
    async log(level, message) {
      await db.jobLogEntry.create({ data: { jobId: row.id, attempt: row.attempt, level, message } });
    },
    succeed: (result) =>
      conclude(
        { state: 'succeeded', result, finishedAt: new Date(), errorCode: null, errorDetail: null },
        null,
        'succeeded',
      ),
    end(state, failure, achieved) {
      const result = achieved === undefined ? {} : { result: achieved };
      const error = { errorCode: failure.code, errorDetail: failure.message };
      return conclude({ state, finishedAt: new Date(), ...error, ...result }, failure, state);
    },
    postpone: (failure, until) => conclude({ state: 'queued', runAfter: until }, failure),
  };
}
