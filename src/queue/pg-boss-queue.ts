import { PgBoss } from 'pg-boss';
import { fail } from '../errors.ts';
import type { Queue } from './queue.ts';

const queueName = 'jobs';
const oneDaySeconds = 86_400;

interface QueueOptions {
  readonly databaseUrl: string;
  /** A worker that is silent for this long has lost its job to the next one; 10 at least. */
  readonly heartbeatSeconds: number;
  readonly onError: (error: Error) => void;
}

/**
 * The queue on pg-boss. Its policy `exclusive` with the job's id as key holds at most one entry per job, waiting or
 * active, so that two workers never have one job and a repeated `send` does nothing.
 */
export async function openQueue({ databaseUrl, heartbeatSeconds, onError }: QueueOptions): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    application_name: 'stowage-queue',
    max: 5,
    schedule: false,
    useListenNotify: true,
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
  });
  boss.on('error', onError);
  await boss.start();
  await boss.createQueue(queueName, { policy: 'exclusive', notify: true });
  await boss.updateQueue(queueName, {
    heartbeatSeconds,
    expireInSeconds: oneDaySeconds - 1,
    retentionSeconds: oneDaySeconds,
    deleteAfterSeconds: 60,
    retryLimit: 1000,
    retryDelay: 0,
  });
  const draining = new AbortController();

  return {
    async send(jobId, after) {
      await boss.send(
        queueName,
        { jobId },
        { singletonKey: jobId, ...(after === undefined ? {} : { startAfter: after }) },
      );
    },
    async work(concurrency, run) {
      const options = { localConcurrency: concurrency, pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1 };
      await boss.work<{ jobId: string }>(queueName, options, async (entries) => {
        for (const entry of entries) await run(entry.data.jobId, AbortSignal.any([entry.signal, draining.signal]));
      });
    },
    async check() {
      try {
        await boss.getDb().executeSql('select 1');
      } catch (cause) {
        throw fail('database_unavailable', { detail: 'The job queue does not answer; it needs PostgreSQL.', cause });
      }
    },
    async close() {
      draining.abort();
      await boss.stop({ graceful: true, timeout: 30_000 });
    },
  };
}
