import type { ProjectScope } from '../access/roles.ts';
import type { Database, Prisma, Reader } from '../database/client.ts';
import { decodeSerialCursor, decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { recordEnd } from './job-events.ts';
import { type JobRow, toJob, toLogEntry, withAttempts } from './job-row.ts';
import type { Job, JobKind, JobState } from './model.ts';

/** What a job is made of when it is asked for. */
export interface NewJob {
  readonly id: string;
  readonly kind: JobKind;
  readonly host: string;
  readonly volume: string | null;
  readonly project: string | null;
  readonly input: Prisma.InputJsonValue;
  readonly requestedBy: string;
  /** The API key that it was asked for with. */
  readonly requestedWith: string | null;
  readonly requestId: string;
  readonly maxAttempts: number;
  readonly retryOf?: string;
  readonly runAfter?: Date;
  readonly startBefore?: Date;
  readonly limitSeconds?: number;
}

export interface JobFilter {
  readonly host?: string | undefined;
  readonly volume?: string | undefined;
  readonly kind?: JobKind | undefined;
  readonly state?: JobState | undefined;
}

/** Writes a job down; when it is there already (a repeated call with an idempotency key) gives that one. */
export async function createJob(db: Reader, { host, volume, retryOf, ...job }: NewJob): Promise<Job> {
  const data = { ...job, hostName: host, volumeName: volume, retryOf: retryOf ?? null };
  const row = await db.job.upsert({ where: { id: job.id }, create: data, update: {}, include: withAttempts });
  return toJob(row);
}

/** A job by id, or null. */
export async function findJob(db: Reader, id: string): Promise<Job | null> {
  const row = await findJobRow(db, id);
  return row === null ? null : toJob(row);
}

/** The project of a job, or null when there is no such job. With one statement, whether it is there or not: who may not see it must not tell the two apart by the time that it takes. */
export function projectOfJob(db: Reader, id: string): Promise<{ project: string | null } | null> {
  return db.job.findUnique({ where: { id }, select: { project: true } });
}

/** A job with everything that only its worker needs, or null. */
export function findJobRow(db: Reader, id: string): Promise<JobRow | null> {
  return db.job.findUnique({ where: { id }, include: withAttempts });
}

/** Jobs, newest first. */
export async function listJobs(
  db: Reader,
  scope: ProjectScope,
  filter: JobFilter,
  limit: number,
  cursor?: string,
): Promise<Page<Job>> {
  const rows = await db.job.findMany({
    where: { AND: [matching(filter), within(scope), cursor === undefined ? {} : olderThan(cursor)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
    include: withAttempts,
  });
  return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id], toJob);
}

function matching({ host, volume, kind, state }: JobFilter): Prisma.JobWhereInput {
  return {
    ...(host === undefined ? {} : { hostName: host }),
    ...(volume === undefined ? {} : { volumeName: volume }),
    ...(kind === undefined ? {} : { kind }),
    ...(state === undefined ? {} : { state }),
  };
}

function within(scope: ProjectScope): Prisma.JobWhereInput {
  return scope === 'all' ? {} : { project: { in: [...scope] } };
}

function olderThan(cursor: string): Prisma.JobWhereInput {
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

/** The newest `each` jobs of each volume (`host/name`), in one statement. */
export async function newestJobsOf(
  db: Database,
  scope: ProjectScope,
  volumes: readonly string[],
  each: number,
): Promise<Job[]> {
  const ids = await db.$queryRaw<{ id: string }[]>`
    select j.id::text as id from unnest(${[...volumes]}::text[]) as wanted(address)
    cross join lateral (
      select id, created_at from jobs
      where host = split_part(wanted.address, '/', 1) and volume = split_part(wanted.address, '/', 2) order by created_at desc, id desc limit ${each}
    ) j`;
  const rows = await db.job.findMany({
    where: { id: { in: ids.map(({ id }) => id) }, ...within(scope) },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include: withAttempts,
  });
  return rows.map(toJob);
}

/** Lines of a job's log, oldest first. */
export async function listLog(db: Reader, jobId: string, limit: number, cursor?: string) {
  const after = cursor === undefined ? 0n : decodeSerialCursor(cursor);
  const rows = await db.jobLogEntry.findMany({
    where: { jobId, id: { gt: after } },
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  return toPage(rows, limit, (row) => [row.id.toString()], toLogEntry);
}

const canceledEarly = { code: 'job_canceled', detail: 'Canceled before it was started.' };

/** Asks a job to stop. A queued one is canceled at once. */
export async function requestCancel(db: Database, id: string): Promise<void> {
  const now = new Date();
  await db.$transaction(async (transaction) => {
    const error = { errorCode: canceledEarly.code, errorDetail: canceledEarly.detail };
    const [canceled] = await transaction.job.updateManyAndReturn({
      where: { id, state: 'queued' },
      data: { state: 'canceled', cancelRequestedAt: now, finishedAt: now, ...error },
    });
    if (canceled !== undefined) await recordEnd(transaction, canceled, 'canceled', canceledEarly);
  });
  await db.job.updateMany({
    where: { id, state: 'running', cancelRequestedAt: null },
    data: { cancelRequestedAt: now },
  });
}

/**
 * Jobs that wait for a worker, or whose worker may have died: what the queue must know. The oldest of each volume come first, or
 * many that wait for one volume would hide all others; and as many again at random, since what holds up the first may be
 * something else.
 */
export async function jobsForQueue(db: Reader, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    with waiting as (
      select id, created_at, case state when 'running' then 0
          else row_number() over (partition by state, host, volume order by created_at) end as place
      from jobs where state = 'running' or (state = 'queued' and run_after <= now())
    ), first as (select * from waiting order by place, created_at limit ${limit})
    select id::text as id from (select id, place, created_at from first
      union all
      (select id, place, created_at from waiting where id not in (select id from first) order by random() limit ${limit})
    ) as chosen order by place, created_at`;
  return rows.map(({ id }) => id);
}
