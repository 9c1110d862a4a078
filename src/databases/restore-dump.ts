import { once } from 'node:events';
import { addAbortSignal } from 'node:stream';
import { reportBytes } from '../backups/read.ts';
import { type DrainedProcess, drained, endTool } from '../engine/drained-process.ts';
import type { Engine } from '../engine/engine.ts';
import type { HelperSecrets, HelperSpec } from '../engine/helper.ts';
import { fail } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { prepareStreamed } from '../jobs/helper-run.ts';
import type { FoundServer } from './find-server.ts';
import { databaseCommand } from './scripts.ts';

/** Where a dump comes from: what a helper writes to its standard output. */
export interface DumpSource {
  readonly step: string;
  readonly spec: Omit<HelperSpec, 'name' | 'labels'>;
  readonly secrets: HelperSecrets | null;
}

/** What is done with it. */
export interface LoadWish {
  readonly server: FoundServer;
  readonly verb: 'restore' | 'load';
  /** Null: all of the server. */
  readonly database: string | null;
  /** How the dump calls it. */
  readonly source: string | null;
}

/**
 * Lets a database read a dump with its own tool. It goes through here; nothing of it is on a disk in between. Throws
 * `database_restore_failed`, and what the source throws: then a part may have been read.
 */
export async function loadDump(engine: Engine, job: RunningJob, from: DumpSource, wish: LoadWish): Promise<void> {
  const { server, verb, database, source } = wish;
  const { container, engine: kind, environment } = server;
  const id = await prepareStreamed(engine, job, from);
  const command = databaseCommand(kind, verb, database, source);
  const tool = drained(await engine.startInContainer(container.id, { command, environment }));
  const stream = await engine.streamHelper(id, from.secrets).catch(async (error) => {
    await endTool(engine, container.id, tool);
    throw error;
  });
  addAbortSignal(job.signal, stream);
  const progress = reportBytes(job, from.step);
  // What is read is cut short when it does not come whole: the tool must not take that for the end.
  const sending = send(stream, tool, progress, job.signal).catch(async (error) => {
    await endTool(engine, container.id, tool);
    throw error;
  });
  const [sent] = await Promise.allSettled([sending, tool.ended]);
  job.signal.throwIfAborted();
  const { exitCode, output } = await tool.finished();
  if (sent.status === 'rejected' && exitCode === null) throw sent.reason;
  if (exitCode !== 0)
    throw fail('database_restore_failed', `The database in ${container.name} refused the dump: ${output.trim()}`);
  if (sent.status === 'rejected') throw sent.reason;
  if (sent.value > 0)
    throw fail(
      'database_restore_failed',
      `The tool in ${container.name} ended well with ${sent.value} bytes of the dump unread.`,
    );
}

/** Sends all of it, and gives how many bytes were left when the tool had ended: it may know the end by itself. */
async function send(
  stream: AsyncIterable<Buffer>,
  tool: DrainedProcess,
  progress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<number> {
  let unread = 0;
  for await (const chunk of stream) {
    signal.throwIfAborted();
    progress(chunk.length);
    if (tool.input.destroyed) unread += chunk.length;
    else if (!tool.input.write(chunk)) await Promise.race([once(tool.input, 'drain', { signal }), tool.ended]);
  }
  tool.input.end();
  return unread;
}
