import type { Engine } from './engine.ts';
import type { ExecProcess } from './engine-objects.ts';
import { killInContainer } from './run-in-container.ts';

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
