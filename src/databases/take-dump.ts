import { reportProgress } from '../backups/read.ts';
import type { Engine } from '../engine/engine.ts';
import { fail, isFailure } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { helperName } from '../jobs/helper-run.ts';
import { type OpenRepository, type ResticStep, runRestic } from '../repositories/read.ts';
import { dumpFolder, streamCommand } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import { achievedBy, type BackupSummary } from '../restic/output.ts';
import type { DatabaseDump, SnapshotReason } from '../snapshots/model.ts';
import { recordSnapshot, tagsOf } from '../snapshots/read.ts';
import { feed, pipe } from './feed-helper.ts';
import type { FoundServer } from './find-server.ts';
import { unframe } from './framed.ts';
import { dumpFile } from './scripts.ts';

/** What is dumped, and as what it is kept. */
export interface DumpWish {
  readonly server: FoundServer;
  /** Null: all of the server. */
  readonly database: string | null;
  readonly volume: string;
  readonly project: string | null;
  readonly reason: SnapshotReason;
  readonly step: string;
}

/** The snapshot that holds a dump. */
export interface TakenDump {
  readonly id: string;
  readonly files: number;
  readonly bytesRead: number;
  readonly bytesAdded: number;
  readonly dump: DatabaseDump;
}

/**
 * Has a database write a dump with its own tool, which goes through here into a repository and is never on a disk in between. A dump
 * that the tool did not end well, or that did not arrive whole, is no snapshot. Throws `dump_failed`, and what
 * {@link exitFailure} makes.
 */
export async function takeDump(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  wish: DumpWish,
): Promise<TakenDump> {
  const { server, database, volume, project, reason } = wish;
  const dump = { engine: server.engine, database: server.engine === 'redis' ? null : database };
  const found: { summary: BackupSummary | null } = { summary: null };
  const step = stepOf(job, wish, dump, found);
  const before = await engine.findHelper(helperName(job, step.step));
  // It may wait for ever for somebody who has died.
  if (before?.state === 'running') await engine.killHelper(before.id);
  if (before === null || before.state === 'created') await fill(engine, job, repository, step, wish);
  else if ((await runRestic(engine, job, repository, step)).exitCode !== 0)
    // Whoever fed it has died: what came of that is no dump.
    throw fail(
      'helper_interrupted',
      'The dump was cut off by the death of a worker; the next attempt makes a new one.',
    );
  const { summary } = found;
  if (summary === null) throw fail('backup_failed', 'restic ended without naming a snapshot; see the log of the job.');
  const taken = { ...achievedBy(summary), dump };
  await recordSnapshot(job.ports.db, {
    id: taken.id,
    repositoryId: repository.id,
    host: job.host,
    volume,
    project,
    path: dumpFolder(job.host, volume),
    paths: [fileOf(job, volume, dump)],
    reason,
    state: 'good',
    dump,
    server: server.note,
    files: taken.files,
    bytes: taken.bytesRead,
    bytesAdded: taken.bytesAdded,
    jobId: job.id,
    takenAt: new Date(),
  });
  return taken;
}

function stepOf(
  job: RunningJob,
  { server, volume, project, reason, step }: DumpWish,
  dump: DatabaseDump,
  found: { summary: BackupSummary | null },
): ResticStep {
  const tags = tagsOf({ reason, jobId: job.id, project, dump, server: server.note });
  const file = fileOf(job, volume, dump);
  const report = reportProgress(job, step);
  return {
    step,
    command: streamCommand({ file, host: job.host, tags, pipe }, ['perl', '-e', unframe]),
    capabilities: [],
    mounts: [],
    onMessage(message) {
      report(message);
      if (message.kind === 'backup') found.summary = message.summary;
    },
  };
}

function fileOf({ host }: RunningJob, volume: string, { engine, database }: DatabaseDump): string {
  return `${dumpFolder(host, volume)}/${dumpFile(engine, database)}`;
}

/** Runs restic and the dump side by side. What went wrong with the dump is told before what that made of restic. */
async function fill(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  step: ResticStep,
  { server, database }: DumpWish,
): Promise<void> {
  const over = new AbortController();
  const running = runRestic(engine, job, repository, step).finally(() => over.abort());
  const feeding = feed(engine, helperName(job, step.step), server, database, over.signal);
  const [stored, fed] = await Promise.allSettled([running, feeding]);
  if (stored.status === 'rejected') throw stored.reason;
  // A stream that breaks says nothing but that the helper has ended, which tells why itself.
  if (fed.status === 'rejected' && isFailure(fed.reason)) throw fed.reason;
  const { exitCode, complaints } = stored.value;
  if (exitCode !== 0) throw exitFailure('backup', exitCode, complaints);
  if (fed.status === 'rejected') throw fed.reason;
}
