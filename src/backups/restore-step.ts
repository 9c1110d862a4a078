import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import type { OpenRepository } from '../repositories/read.ts';
import { restoreCommand, writeCapabilities } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import type { ResticMessage, RestoreSummary } from '../restic/output.ts';
import type { Snapshot } from '../snapshots/model.ts';
import { reportProgress } from './progress.ts';
import { type ResticStep, runRestic } from './restic-step.ts';

/** The part of a snapshot that a restore needs. */
export type Restorable = Pick<Snapshot, 'id' | 'path'>;

/**
 * The step that writes a snapshot into a volume. The volume is mounted where the snapshot has its files, so that the
 * root folder's own owner, mode and time come back.
 */
export function restoreStep(job: RunningJob, snapshot: Restorable, volume: string, name: string) {
  const found: { summary: RestoreSummary | null } = { summary: null };
  const problems: string[] = [];
  const report = reportProgress(job, name);
  const onMessage = (message: ResticMessage) => {
    report(message);
    if (message.kind === 'restore') found.summary = message.summary;
    if (message.kind === 'error' && problems.length < 100) problems.push(`${message.item}: ${message.message}`);
  };
  const step: ResticStep = {
    step: name,
    command: restoreCommand(snapshot.id, snapshot.path),
    capabilities: writeCapabilities,
    mounts: [{ type: 'volume', source: volume, target: snapshot.path, readOnly: false }],
    onMessage,
  };
  return { step, found, problems };
}

/** What a restore achieved. */
export interface Restored {
  readonly files: number;
  readonly filesRestored: number;
  readonly filesUnchanged: number;
  readonly filesDeleted: number;
  readonly bytesRestored: number;
}

/** Writes a snapshot into a volume. Throws `restore_failed`, and `restore_incomplete` when less came back than the snapshot holds. */
export async function restoreInto(engine: Engine, job: RunningJob, repository: OpenRepository, snapshot: Restorable, volume: string, name = 'restore'): Promise<Restored> {
  const { step, found, problems } = restoreStep(job, snapshot, volume, name);
  const { exitCode, complaints } = await runRestic(engine, job, repository, step);
  for (const problem of problems.slice(0, 20)) await job.log('error', problem);
  if (exitCode !== 0) throw exitFailure('restore', exitCode, complaints);
  const { summary } = found;
  if (summary === null) throw fail('restore_failed', 'restic ended without a summary; see the log of the job.');
  const { total_files: files, files_restored: filesRestored = 0, files_skipped: filesUnchanged = 0, files_deleted: filesDeleted = 0, bytes_restored: bytesRestored = 0 } = summary;
  if (filesRestored + filesUnchanged < files)
    throw fail('restore_incomplete', `The snapshot holds ${files} entries, but ${filesRestored + filesUnchanged} came back; the volume "${volume}" must not be used.`);
  return { files, filesRestored, filesUnchanged, filesDeleted, bytesRestored };
}
