import type { Transaction } from '../database/client.ts';
import { recordEvent } from '../events/read.ts';
import type { JobError } from './model.ts';

/** What the event of a job's end tells of the job. */
interface EndedJob {
  readonly id: string;
  readonly kind: string;
  readonly hostName: string;
  readonly volumeName: string | null;
  readonly project: string | null;
  readonly requestedBy: string;
  readonly attempt: number;
}

/** Records that a job has ended, with the writing of it. */
export async function recordEnd(
  transaction: Transaction,
  { id, kind, hostName, volumeName, project, requestedBy, attempt }: EndedJob,
  state: 'succeeded' | 'failed' | 'canceled',
  error: JobError | null,
): Promise<void> {
  await recordEvent(transaction, {
    type: `stowage.job.${state}`,
    subject: `jobs/${id}`,
    project,
    host: hostName,
    volume: volumeName,
    data: { job: id, kind, requestedBy, attempts: attempt, error },
  });
}
