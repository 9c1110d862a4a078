import { type Achieved, type StreamSource, takeStream } from '../backups/read.ts';
import { endTool } from '../engine/drained-process.ts';
import type { Engine } from '../engine/engine.ts';
import type { ExecProcess } from '../engine/engine-objects.ts';
import { fail } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import type { OpenRepository } from '../repositories/read.ts';
import { dumpFolder } from '../restic/snapshot-folders.ts';
import type { DatabaseDump, SnapshotReason } from '../snapshots/model.ts';
import type { FoundServer } from './find-server.ts';
import { databaseCommand, dumpFile } from './scripts.ts';

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
export interface TakenDump extends Achieved {
  readonly dump: DatabaseDump;
}

/**
 * Has a database write a dump with its own tool straight into a repository. A dump that the tool did not end well, or that did
 * not arrive whole, is no snapshot. Throws `dump_failed`, and what {@link takeStream} throws.
 */
export async function takeDump(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  { server, database, ...wish }: DumpWish,
): Promise<TakenDump> {
  const dump = { engine: server.engine, database: server.engine === 'redis' ? null : database };
  const path = `${dumpFolder(job.host, wish.volume)}/${dumpFile(dump.engine, dump.database)}`;
  const open = () => dumpOf(engine, server, database);
  return {
    ...(await takeStream(engine, job, repository, {
      ...wish,
      as: { kind: 'file', path },
      held: { dump, server: server.note },
      open,
    })),
    dump,
  };
}

async function dumpOf(
  engine: Engine,
  { container, engine: kind, environment }: FoundServer,
  database: string | null,
): Promise<StreamSource> {
  const command = databaseCommand(kind, 'dump', database);
  const tool = await engine.startInContainer(container.id, { command, environment });
  tool.input.end();
  return {
    output: tool.output,
    requireWhole: async () => requireSuccess(await tool.finished(), container.name),
    letGo: () => endTool(engine, container.id, tool),
  };
}

function requireSuccess({ exitCode, output }: Awaited<ReturnType<ExecProcess['finished']>>, name: string): void {
  if (exitCode === 0) return;
  const end = exitCode === null ? 'has not ended' : `ended with ${exitCode}`;
  throw fail('dump_failed', `The dump of the database in ${name} ${end}, and is not kept: ${output.trim()}`);
}
