import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { type OpenRepository, type ResticStep, runRestic } from '../repositories/read.ts';
import { restorePlan, writeCapabilities } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import type { ResticMessage, RestoreSummary } from '../restic/output.ts';
import type { Snapshot } from '../snapshots/model.ts';
import { reportProgress } from './progress.ts';

const problemsKept = 20;

/** The part of a snapshot that a restore needs; what it holds only makes it quicker. */
export type Restorable = Pick<Snapshot, 'id' | 'path'> & Partial<Pick<Snapshot, 'files' | 'bytes'>>;

/**
 * The step that writes a snapshot into a volume.
 */
export function restoreStep(job: RunningJob, snapshot: Restorable, volume: string, name: string) {
  const summaries: RestoreSummary[] = [];
  const problems: string[] = [];
  const report = reportProgress(job, name);
  const onMessage = (message: ResticMessage) => {
    report(message);
    if (message.kind === 'restore') summaries.push(message.summary);
    if (message.kind === 'error' && problems.length < problemsKept)
      problems.push(`${message.item}: ${message.message}`);
  };
  const { mountedAt, command } = restorePlan(snapshot.id, snapshot.path, heldBy(snapshot));
  const step: ResticStep = {
    step: name,
    command,
    capabilities: writeCapabilities,
    mounts: [{ type: 'volume', source: volume, target: mountedAt, readOnly: false }],
    reads: true,
    onMessage,
  };
  return { step, summaries, problems };
}

/** A snapshot of an old restic, that does not say what it holds, counts as one of nothing. */
function heldBy({ files = 0, bytes = 0 }: Restorable) {
  return files === 0 ? null : { files, bytes };
}

/** What a restore achieved. */
export interface Restored {
  readonly filesRestored: number;
  readonly filesUnchanged: number;
  readonly filesDeleted: number;
  readonly bytesRestored: number;
}

/** Writes a snapshot into a volume. Throws `restore_failed`, and `restore_incomplete` when something did not come back. */
export async function restoreInto(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  snapshot: Restorable,
  volume: string,
  name = 'restore',
): Promise<Restored> {
  const { step, summaries, problems } = restoreStep(job, snapshot, volume, name);
  const { exitCode, complaints } = await runRestic(engine, job, repository, step);
  for (const problem of problems) await job.log('error', problem);
  if (exitCode !== 0) throw exitFailure('restore', exitCode, complaints);
  const [restored, missing] = summaries;
  if (restored === undefined || missing === undefined)
    throw fail('restore_failed', 'restic ended without a summary; see the log of the job.');
  const { bytes_restored: bytesMissing = 0, files_deleted: filesTooMany = 0 } = missing;
  if (bytesMissing > 0 || filesTooMany > 0)
    throw fail(
      'restore_incomplete',
      `After the restore ${bytesMissing} bytes still differ and ${filesTooMany} entries are too many; volume "${volume}" must not be used.`,
    );
  const done = {
    filesRestored: restored.files_restored ?? 0,
    filesUnchanged: restored.files_skipped ?? 0,
    filesDeleted: restored.files_deleted ?? 0,
    bytesRestored: restored.bytes_restored ?? 0,
  };
  await job.log(
    'info',
    `Volume "${volume}" is as snapshot ${snapshot.id.slice(0, 8)} says: ${done.filesRestored} files and folders written (${done.bytesRestored} bytes), ${done.filesUnchanged} unchanged, ${done.filesDeleted} removed.`,
  );
  return done;
}
