import { noteServer } from '../databases/read.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { type OpenRepository, prepareStep, type ResticStep, runRestic } from '../repositories/read.ts';
import { backupCommand, noteCommand, readCapabilities, volumePath } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import type { BackupSummary, ResticMessage } from '../restic/output.ts';
import type { SnapshotReason, SnapshotServer } from '../snapshots/model.ts';
import { noteTagsOf, tagsOf } from '../snapshots/read.ts';
import { reportProgress } from './progress.ts';
import { recordTaken, requireAchieved } from './record-taken.ts';

/** What a backup of a volume achieved. */
export interface TakenSnapshot {
  readonly id: string;
  readonly files: number;
  readonly bytesRead: number;
  readonly bytesAdded: number;
  /** Files that could not be read; the snapshot is partial when there are any. */
  readonly unreadable: readonly string[];
}

const unreadableKept = 100;
/** restic's exit code for a backup that could not read everything. */
const partialExit = 3;

/** For a job that is about several volumes. */
interface OfSeveral {
  /** Unique within the job; the reason when not given. */
  readonly step?: string;
  /** Project of the volume; that of the job when not given. */
  readonly project?: string | null;
}

/** What tells the steps of one volume of several apart from those of the others. */
export function suffixOf(index: number, count: number): string {
  return count === 1 ? '' : `-${index + 1}`;
}

/** Creates the helper that will back up a volume, while its containers run. */
export async function prepareSnapshot(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  volume: string,
  reason: SnapshotReason,
  named: OfSeveral = {},
): Promise<void> {
  const server = await noteServer(engine, job, volume);
  await prepareStep(engine, job, repository, snapshotStep(job, volume, reason, server, named).step);
}

/** The step that backs up a volume, and what it will have collected. */
function snapshotStep(
  job: RunningJob,
  volume: string,
  reason: SnapshotReason,
  server: SnapshotServer | null,
  { step: name = reason, project = job.project }: OfSeveral = {},
) {
  const path = volumePath(job.host, volume);
  const unreadable: string[] = [];
  const found: { summary: BackupSummary | null } = { summary: null };
  const report = reportProgress(job, name);
  const onMessage = (message: ResticMessage) => {
    report(message);
    if (message.kind === 'backup') found.summary = message.summary;
    if (message.kind === 'error' && unreadable.length < unreadableKept)
      unreadable.push(`${message.item.slice(path.length) || '/'}: ${message.message}`);
  };
  const step: ResticStep = {
    step: name,
    command: backupCommand(path, job.host, tagsOf({ reason, jobId: job.id, project, server })),
    capabilities: readCapabilities,
    mounts: [{ type: 'volume', source: volume, target: path, readOnly: true }],
    onMessage,
  };
  return { step, path, unreadable, found };
}

/** Backs up a volume and writes the snapshot down. A partial one is recorded as such. Throws what {@link exitFailure} makes. */
export async function takeSnapshot(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  volume: string,
  reason: SnapshotReason,
  { step: name = reason, project = job.project }: OfSeveral = {},
): Promise<TakenSnapshot> {
  const server = await noteServer(engine, job, volume);
  const { step, path, unreadable, found } = snapshotStep(job, volume, reason, server, { step: name, project });
  const { exitCode, complaints } = await runRestic(engine, job, repository, step);
  if (exitCode !== 0 && exitCode !== partialExit) throw exitFailure('backup', exitCode, complaints);
  const taken = { ...requireAchieved(found.summary), unreadable };
  if (exitCode === partialExit) await notePartial(engine, job, repository, taken.id, name);
  const state = exitCode === partialExit ? 'partial' : 'good';
  await recordTaken(job, repository, taken, { volume, project, path, reason, state, server });
  return taken;
}

/**
 * Notes in the repository itself that a snapshot is partial: restic does not, and a catalogue that is made anew would
 * take it for a good one. Where the note cannot be written, only that is lost.
 */
async function notePartial(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  snapshot: string,
  name: string,
): Promise<void> {
  const { exitCode } = await runRestic(engine, job, repository, {
    step: `${name}-note`,
    command: noteCommand(job.host, noteTagsOf(snapshot)),
    capabilities: [],
    mounts: [],
    onMessage: () => undefined,
  });
  if (exitCode !== 0) await job.log('warn', 'The repository has no note that the snapshot is partial.');
}
