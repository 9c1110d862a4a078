import Value from 'typebox/value';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { enqueueFurther } from '../jobs/read.ts';
import {
  type OpenRepository,
  openRepository,
  readyRepository,
  repositoryLock,
  requireCopyable,
  runRestic,
} from '../repositories/read.ts';
import { copyCommand } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import type { ListedSnapshot } from '../restic/output.ts';
import type { Snapshot } from '../snapshots/model.ts';
import { findSnapshot, recordSnapshot } from '../snapshots/read.ts';
import { CopyInput } from './job-input.ts';
import { allowedFor, snapshotLock } from './job-rules.ts';

/** Copies a snapshot from one repository into another, without the volume. */
export const copyHandler: JobHandler = {
  locks(job) {
    const { snapshot, sourceId, repositoryId } = Value.Parse(CopyInput, job.input);
    return [repositoryLock(job, sourceId), repositoryLock(job, repositoryId), snapshotLock(snapshot)];
  },
  authorize: allowedFor('operate'),
  run: copy,
};

/** A snapshot that a job has made. */
interface MadeSnapshot {
  readonly snapshot: string;
  readonly sourceId: string;
  /** Null: of something else. */
  readonly volume: string | null;
  readonly project: string | null;
}

/** Asks for a copy of a snapshot in each of these repositories; gives the ids of the jobs. */
export async function enqueueCopies(
  job: RunningJob,
  { snapshot, sourceId, volume, project }: MadeSnapshot,
  repositoryIds: readonly string[],
): Promise<string[]> {
  const { host } = job;
  const ids: string[] = [];
  for (const repositoryId of repositoryIds) {
    const input = { snapshot, sourceId, repositoryId };
    const { id } = await enqueueFurther(job, `copy/${volume ?? snapshot}/${repositoryId}`, {
      kind: 'snapshot_copy',
      host,
      volume,
      project,
      input,
    });
    ids.push(id);
  }
  return ids;
}

async function copy(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { ports } = job;
  const input = Value.Parse(CopyInput, job.input);
  const snapshot = await findSnapshot(ports.db, input.snapshot);
  if (snapshot === null) throw fail('snapshot_not_found', `There is no snapshot "${input.snapshot}" any more.`);
  const source = await openRepository(ports, input.sourceId);
  const opened = await openRepository(ports, input.repositoryId);
  await requireCopyable(ports, source, opened);
  const target = await readyRepository(ports.engines.get(job.host), job, opened, source);
  const id = await copyInto(job, target, source, snapshot);
  await recordSnapshot(ports.db, {
    ...snapshot,
    id,
    repositoryId: target.id,
    original: snapshot.original ?? snapshot.id,
    jobId: job.id,
    takenAt: new Date(snapshot.takenAt),
  });
  return { snapshot: id, seconds: (Date.now() - startedAt) / 1000 };
}

/** Gives the id of the copy, whether it was made now or by an earlier attempt. */
async function copyInto(
  job: RunningJob,
  target: OpenRepository,
  source: OpenRepository,
  { id, original, host, paths }: Snapshot,
): Promise<string> {
  const found: ListedSnapshot[] = [];
  const { exitCode, complaints } = await runRestic(job.ports.engines.get(job.host), job, target, {
    step: 'copy',
    command: copyCommand(id, host, paths[0] ?? '/'),
    capabilities: [],
    mounts: [],
    source,
    onMessage(message) {
      if (message.kind === 'snapshot') found.push(message.snapshot);
    },
  });
  if (exitCode !== 0) throw exitFailure('copy', exitCode, complaints);
  const wanted = original ?? id;
  const copied = found.findLast((listed) => listed.original === wanted) ?? found.find((listed) => listed.id === wanted);
  if (copied === undefined)
    throw fail(
      'copy_failed',
      `restic ended well, and "${target.name}" has no copy of ${id.slice(0, 8)}; see the log of the job.`,
    );
  return copied.id;
}
