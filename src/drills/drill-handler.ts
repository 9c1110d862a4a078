import Value from 'typebox/value';
import { allowedFor, snapshotLock, volumeOf } from '../backups/read.ts';
import { type Failure, fail, isFailure } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { repositoryLock } from '../repositories/read.ts';
import type { Snapshot } from '../snapshots/model.ts';
import { findSnapshot } from '../snapshots/read.ts';
import { DrillInput } from './drill-input.ts';
import type { RestoreDrill } from './model.ts';
import { type DrillFindings, restoreAndTry } from './restore-and-try.ts';
import { saveDrill } from './store.ts';

/** What says that the snapshot, and not something around it, is at fault. */
const ofSnapshot = [
  'restore_failed',
  'restore_incomplete',
  'repository_damaged',
  'restored_database_unusable',
] as const;

/**
 * Restores a snapshot into a volume of its own, compares it, starts the database server that it is of, and removes all that again, whatever
 * happens. One on a host at a time.
 */
export const drillHandler: JobHandler = {
  locks(job) {
    const { snapshot, repositoryId } = Value.Parse(DrillInput, job.input);
    return [
      { resource: `restore-drill/${job.host}`, slots: 1 },
      repositoryLock(job, repositoryId),
      snapshotLock(snapshot),
    ];
  },
  authorize: allowedFor('operate'),
  run: drill,
};

async function drill(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { snapshot: id } = Value.Parse(DrillInput, job.input);
  const snapshot = await findSnapshot(job.ports.db, id);
  if (snapshot === null) throw fail('snapshot_not_found', `There is no snapshot "${id}" any more.`);
  const findings: DrillFindings = { restoreSeconds: null, server: null, untriedWhy: null };
  try {
    await restoreAndTry(job, snapshot, startedAt, findings);
  } catch (error) {
    if (isFailure(error) && ofSnapshot.some((code) => code === error.code))
      await saveDrill(job.ports.db, resultOf(job, snapshot, startedAt, findings, error));
    throw error;
  }
  const done = resultOf(job, snapshot, startedAt, findings, null);
  await saveDrill(job.ports.db, done);
  // Whether a volume can be restored is a finding.
  await job.ports.notices.publish({ topic: 'inventory', id: job.host });
  return { snapshot: id, bytesRestored: done.bytes, files: done.files, seconds: done.seconds };
}

function resultOf(
  job: RunningJob,
  { id, repositoryId, bytes, files }: Snapshot,
  startedAt: number,
  { restoreSeconds, server, untriedWhy }: DrillFindings,
  error: Failure | null,
): RestoreDrill {
  const seconds = (Date.now() - startedAt) / 1000;
  return {
    id: job.id,
    host: job.host,
    volume: volumeOf(job),
    project: job.project,
    snapshot: id,
    repositoryId,
    ok: error === null,
    error: error === null ? null : { code: error.code, detail: error.message },
    bytes,
    files,
    seconds,
    restoreSeconds: restoreSeconds ?? seconds,
    server,
    untriedWhy,
    finishedAt: new Date().toISOString(),
  };
}
