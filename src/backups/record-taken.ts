import { fail } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import type { OpenRepository } from '../repositories/read.ts';
import { achievedBy, type BackupSummary } from '../restic/output.ts';
import { type NewSnapshot, recordSnapshot } from '../snapshots/read.ts';

/** What a backup has read and written. */
export type Achieved = ReturnType<typeof achievedBy>;

/** What restic has told of a backup that ended well. Throws `backup_failed` when it told nothing. */
export function requireAchieved(summary: BackupSummary | null): Achieved {
  if (summary === null) throw fail('backup_failed', 'restic ended without naming a snapshot; see the log of the job.');
  return achievedBy(summary);
}

/** Writes down what a job has just taken. */
export async function recordTaken(
  { ports, host, id: jobId }: RunningJob,
  { id: repositoryId }: OpenRepository,
  { id, files, bytesRead: bytes, bytesAdded }: Achieved,
  about: Pick<NewSnapshot, 'volume' | 'project' | 'path' | 'reason' | 'state'> & Partial<NewSnapshot>,
): Promise<void> {
  await recordSnapshot(ports.db, {
    ...about,
    id,
    repositoryId,
    host,
    files,
    bytes,
    bytesAdded,
    jobId,
    takenAt: new Date(),
  });
}
