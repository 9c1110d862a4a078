import type { Engine } from '../engine/engine.ts';
import { fail, isFailure } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { helperName } from '../jobs/helper-run.ts';
import { type OpenRepository, type ResticStep, runRestic } from '../repositories/read.ts';
import { exitFailure } from '../restic/exit.ts';
import type { BackupSummary } from '../restic/output.ts';
import { streamCommand, unpackCommand } from '../restic/stream-commands.ts';
import type { SnapshotReason } from '../snapshots/model.ts';
import { type HeldContent, tagsOf } from '../snapshots/read.ts';
import { feed, pipe, type StreamSource } from './feed-helper.ts';
import { unframe } from './framed.ts';
import { reportProgress } from './progress.ts';
import { type Achieved, recordTaken, requireAchieved } from './record-taken.ts';

/** What is written, and as what it is kept. */
export interface StreamWish {
  readonly step: string;
  /** Where it stands in the snapshot: as a file, or unpacked in a folder when it is a tar. */
  readonly as: { readonly kind: 'file' | 'folder'; readonly path: string };
  readonly volume: string | null;
  readonly project: string | null;
  readonly reason: SnapshotReason;
  /** What the file holds. */
  readonly held: HeldContent;
  /** Begins to write it. */
  open(): Promise<StreamSource>;
}

/** Room for what is unpacked, in the memory of the host. */
const unpackedBytes = 256 * 1024 ** 2;

/**
 * Takes what somebody writes into a repository, as a snapshot. As a file it goes through here and is never on a disk in
 * between. What was not written to a good end, or did not arrive whole, is no snapshot. Throws what the source throws, and
 * what {@link exitFailure} makes.
 */
export async function takeStream(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  wish: StreamWish,
): Promise<Achieved> {
  const { as, volume, project, reason, held } = wish;
  const found: { summary: BackupSummary | null } = { summary: null };
  const step = stepOf(job, wish, found);
  const before = await engine.findHelper(helperName(job, step.step));
  // It may wait for ever for somebody who has died.
  if (before?.state === 'running') await engine.killHelper(before.id);
  if (before === null || before.state === 'created') await fill(engine, job, repository, step, wish);
  else if ((await runRestic(engine, job, repository, step)).exitCode !== 0)
    // Whoever fed it has died: what came of that is not whole.
    throw fail(
      'helper_interrupted',
      'The backup was cut off by the death of a worker; the next attempt makes a new one.',
    );
  const taken = requireAchieved(found.summary);
  const path = as.kind === 'folder' ? as.path : as.path.slice(0, as.path.lastIndexOf('/'));
  await recordTaken(job, repository, taken, {
    volume,
    project,
    path,
    paths: [as.path],
    reason,
    state: 'good',
    ...held,
  });
  return taken;
}

function stepOf(
  job: RunningJob,
  { step, as, project, reason, held }: StreamWish,
  found: { summary: BackupSummary | null },
): ResticStep {
  const tags = tagsOf({ reason, jobId: job.id, project, ...held });
  const report = reportProgress(job, step);
  return {
    step,
    command: commandOf(as.kind)({ path: as.path, host: job.host, tags, pipe }, ['perl', '-e', unframe]),
    capabilities: [],
    mounts: [],
    ...(as.kind === 'file' ? {} : { scratch: { target: rootOf(as.path), bytes: unpackedBytes } }),
    onMessage(message) {
      report(message);
      if (message.kind === 'backup') found.summary = message.summary;
    },
  };
}

function commandOf(kind: 'file' | 'folder'): typeof streamCommand {
  return kind === 'file' ? streamCommand : unpackCommand;
}

function rootOf(path: string): string {
  return path.slice(0, path.indexOf('/', 1));
}

/** Runs restic and the source side by side. What went wrong with the source is told before what that made of restic. */
async function fill(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  step: ResticStep,
  { open }: StreamWish,
): Promise<void> {
  const over = new AbortController();
  const running = runRestic(engine, job, repository, step).finally(() => over.abort());
  const feeding = feed(engine, helperName(job, step.step), open, over.signal);
  const [stored, fed] = await Promise.allSettled([running, feeding]);
  if (stored.status === 'rejected') throw stored.reason;
  // A stream that breaks says nothing but that the helper has ended, which tells why itself.
  if (fed.status === 'rejected' && isFailure(fed.reason)) throw fed.reason;
  const { exitCode, complaints } = stored.value;
  if (exitCode !== 0) throw exitFailure('backup', exitCode, complaints);
  if (fed.status === 'rejected') throw fed.reason;
}
