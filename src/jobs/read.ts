import type { AdmittedContext } from '../context.ts';
import type { Prisma, Transaction } from '../database/client.ts';
import { containersToRestart, jobsOnVolumes } from './engaged.ts';
import type { Job, JobKind } from './model.ts';
import { createJob, findJob } from './store.ts';

/** Work to be done later, by a worker. */
export interface JobRequest {
  readonly kind: JobKind;
  readonly host: string;
  readonly volume: string | null;
  readonly project: string | null;
  readonly input: Prisma.InputJsonValue;
  readonly retryOf?: string;
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

/** The job that a call made before it was cut off, whatever has become of its volume since: `recall` of commands that answer with a job. */
export function recallJob({ ports, onceId }: AdmittedContext): Promise<Job | null> {
  return findJob(ports.db, onceId);
}

export { containersToRestart, jobsOnVolumes };
