import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import type { ExecProcess } from '../engine/engine-objects.ts';
import { killInContainer } from '../engine/run-in-container.ts';
import { fail } from '../errors.ts';
import type { FoundServer } from './find-server.ts';
import { framed } from './framed.ts';
import { databaseCommand } from './scripts.ts';

/** Where the helper reads what it is fed. */
export const pipe = '/tmp/dump';
/** The pipe is made by the helper's own command. */
const feedScript = `until [ -p ${pipe} ]; do sleep 0.05; done; exec cat > ${pipe}`;
const lookEveryMs = 50;

/**
 * Lets a database write its dump into the pipe of a helper, which is to be started by somebody else. Ends when all has gone there;
 * throws `dump_failed` when the tool did not end well, and an AbortError when the helper ended first (`over`). Nothing that
 * was begun goes on then.
 */
export async function feed(
  engine: Engine,
  helper: string,
  { container, engine: kind, environment }: FoundServer,
  database: string | null,
  over: AbortSignal,
): Promise<void> {
  const id = await untilStarted(engine, helper, over);
  const receiver = drained(
    await engine.startInContainer(id, { command: ['sh', '-c', feedScript] }).catch(async (error) => {
      // It would wait for its input for ever.
      await engine.killHelper(id);
      throw error;
    }),
  );
  let tool: ExecProcess | null = null;
  try {
    const command = databaseCommand(kind, 'dump', database);
    const started = await engine.startInContainer(container.id, { command, environment });
    tool = started;
    started.input.end();
    const isWhole = async () => requireSuccess(await started.finished(), container.name);
    await pipeline(started.output, framed(isWhole), receiver.input, { signal: over });
    await receiver.ended;
  } catch (error) {
    receiver.destroy();
    if (tool !== null) await endTool(engine, container.id, tool);
    throw error;
  }
}

/** A process whose output nobody wants. */
export interface DrainedProcess extends ExecProcess {
  /** Once its output has ended; what breaks it is told by {@link finished}. */
  readonly ended: Promise<void>;
}

/** Reads the output of a process, so that it can end. */
export function drained(started: ExecProcess): DrainedProcess {
  const read = async () => {
    for await (const _ of started.output);
  };
  return { ...started, ended: read().catch(() => undefined) };
}

/** Lets go of a process in a container, and kills it when it goes on. */
export async function endTool(engine: Engine, container: string, tool: ExecProcess): Promise<void> {
  tool.destroy();
  const { pid } = await tool.finished();
  if (pid !== null) await killInContainer(engine, container, pid);
}

function requireSuccess({ exitCode, output }: Awaited<ReturnType<ExecProcess['finished']>>, name: string): void {
  if (exitCode === 0) return;
  const end = exitCode === null ? 'has not ended' : `ended with ${exitCode}`;
  throw fail('dump_failed', `The dump of the database in ${name} ${end}, and is not kept: ${output.trim()}`);
}

async function untilStarted(engine: Engine, name: string, over: AbortSignal): Promise<string> {
  for (;;) {
    over.throwIfAborted();
    const helper = await engine.findHelper(name);
    if (helper !== null && helper.state !== 'created') return helper.id;
    await sleep(lookEveryMs);
  }
}
