import Value from 'typebox/value';
import type { Prisma } from '../database/client.ts';
import type { JobKind, JobState, LogLevel } from './model.ts';
import { type Job, type JobError, JobProgress, JobResult } from './model.ts';

export const withAttempts = { attempts: { orderBy: { number: 'asc' } } } as const satisfies Prisma.JobInclude;
export type JobRow = Prisma.JobGetPayload<{ include: typeof withAttempts }>;

/** A job as the API shows it. */
export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    // The columns hold only what this code wrote, of these very types.
    kind: row.kind as JobKind,
    state: row.state as JobState,
    host: row.hostName,
    volume: row.volumeName,
    project: row.project,
    requestedBy: row.requestedBy,
    retryOf: row.retryOf,
    progress: row.progress === null ? null : Value.Parse(JobProgress, row.progress),
    attempts: row.attempts.map(toAttempt),
    result: row.result === null ? null : Value.Parse(JobResult, row.result),
    error: toError(row),
    cancelRequestedAt: row.cancelRequestedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

function toAttempt(row: JobRow['attempts'][number]): Job['attempts'][number] {
  return {
    number: row.number,
    helper: row.helper,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    error: toError(row),
  };
}

function toError({
  errorCode,
  errorDetail,
}: {
  errorCode: string | null;
  errorDetail: string | null;
}): JobError | null {
  return errorCode === null ? null : { code: errorCode, detail: errorDetail ?? '' };
}

/** A line of a job's log as the API shows it. */
export function toLogEntry(row: { id: bigint; at: Date; attempt: number; level: string; message: string }) {
  return {
    id: row.id.toString(),
    at: row.at.toISOString(),
    attempt: row.attempt,
    level: row.level as LogLevel,
    message: row.message,
  };
}
