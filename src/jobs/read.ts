import { createHash } from 'node:crypto';
import type { AdmittedContext } from '../context.ts';
import type { Prisma, Transaction } from '../database/client.ts';
import { containersToRestart, jobsOnVolumes } from './engaged.ts';
import type { RunningJob } from './handler.ts';
import { isLeftToOthers } from './left-to-others.ts';
import type { Job, JobKind } from './model.ts';
import { ownAmong } from './own-containers.ts';
import { isStarted } from './restart-note.ts';
import { startOrder } from './start-order.ts';
import { createJob, findJob } from './store.ts';

/** Work to be done later, by a worker. */
export interface JobRequest {
  readonly kind: JobKind;
  readonly host: string;
  readonly volume: string | null;
  readonly project: string | null;
  readonly input: Prisma.InputJsonValue;
  readonly retryOf?: string;
  /** Not before this time; at once when not given. */
  readonly runAfter?: Date;
  /** It fails when it could not begin by then. */
  readonly startBefore?: Date;
  /** It is ended so long after its first start. */
  readonly limitSeconds?: number;
}

/**
 * Writes a job down and tells the workers. A repeated call with the same idempotency key gives the same job. Should the
 * queue not hear of it (a crash right here), the sweep of the workers finds it. What `alongside` writes is written with the
 * job or not at all.
 */
export async function enqueueJob(
  { ports, actor, onceId, requestId }: AdmittedContext,
  request: JobRequest,
  alongside?: (transaction: Transaction) => Promise<void>,
): Promise<Job> {
  const job = await ports.db.$transaction(async (transaction) => {
    await alongside?.(transaction);
    return await createJob(transaction, {
      ...request,
      id: onceId,
      requestedBy: actor.subject,
      requestedWith: actor.key?.id ?? null,
      requestId,
      maxAttempts: ports.config.jobAttempts,
    });
  });
  await ports.queue.send(job.id);
  return job;
}

/**
 * Asks for a further job on behalf of one that runs, with the rights of who asked for that. The same `key` gives the same
 * job, however often the first one is tried.
 */
export async function enqueueFurther(
  { ports, id, requestedBy, requestedWith }: Pick<RunningJob, 'ports' | 'id' | 'requestedBy' | 'requestedWith'>,
  key: string,
  request: JobRequest,
): Promise<Job> {
  const further = { ...request, id: idOf(`${id}/${key}`), requestedBy, requestedWith, requestId: id };
  const job = await createJob(ports.db, { ...further, maxAttempts: ports.config.jobAttempts });
  await ports.queue.send(job.id);
  return job;
}

/** A UUID (version 8: of one's own making) that is always the same for a text. */
export function idOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}

/** The job that a call made before it was cut off, whatever has become of its volume since: `recall` of commands that answer with a job. */
export function recallJob({ ports, onceId }: AdmittedContext): Promise<Job | null> {
  return findJob(ports.db, onceId);
}

export { containersToRestart, findJob, isLeftToOthers, isStarted, jobsOnVolumes, ownAmong, startOrder };

/** Tells how many entries a step has looked at; how many there will be is not known before its end. */
export function reportEntries(job: RunningJob, step: string, entries: number): void {
  job.progress({
    step,
    percent: 0,
    bytesDone: 0,
    bytesTotal: 0,
    filesDone: entries,
    filesTotal: entries,
    bytesPerSecond: 0,
    secondsLeft: null,
  });
}
