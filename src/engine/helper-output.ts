import { type Connection, patience } from './connection.ts';
import { demux, type Frame } from './demux.ts';
import { endurance } from './endurance.ts';
import { exceptStatus } from './except-status.ts';
import type { HelperLine } from './helper.ts';
import { findHelper } from './helper-state.ts';
import { waitOneRound } from './helper-wait.ts';
import { assembleLines } from './log-lines.ts';
import { objectPath } from './object-path.ts';
import { createSeenFrames, type SeenFrames } from './seen-frames.ts';

/** When a stream has ended its helper has too, or will in a moment; else it has broken, and is not opened again at once. */
const settlingMs = 200;

/** Implements {@link Engine.helperLines}. A stream that breaks is opened again, without a line lost or given twice. */
export async function* helperLines(
  connection: Connection,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<HelperLine> {
  const lines = assembleLines();
  for await (const frame of framesToTheEnd(connection, id, signal)) {
    const line = lines.add(frame);
    if (line !== null) yield line;
  }
  if (!signal.aborted) yield* lines.rest();
}

async function* framesToTheEnd(connection: Connection, id: string, signal: AbortSignal): AsyncGenerator<Frame> {
  const seen = createSeenFrames();
  const breaks = endurance(connection.host, signal);
  while (!signal.aborted) {
    try {
      // A log is known to be whole only when the helper had ended before it was read.
      const helper = await findHelper(connection, id);
      for await (const frame of readFrames(connection, id, seen, signal)) {
        breaks.over();
        yield frame;
      }
      if (helper === null || helper.state === 'exited') return;
      if (helper.state === 'created') await breaks.pause();
      else await waitOneRound(connection, id, signal, settlingMs);
    } catch (error) {
      await breaks.endure(error);
    }
  }
}

async function* readFrames(
  { docker, ask }: Connection,
  id: string,
  seen: SeenFrames,
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  const since = seen.since();
  seen.startReading();
  const options = {
    follow: true as const,
    stdout: true,
    stderr: true,
    timestamps: true,
    ...(since === null ? {} : { since: since.getTime() / 1000 }),
  };
  const stream = await ask(patience.question, () =>
    docker
      .getContainer(objectPath(id))
      .logs({ ...options, abortSignal: signal })
      .catch(exceptStatus(404)),
  );
  if (stream === undefined) return;
  for await (const frame of demux(stream)) if (seen.isNew(frame)) yield frame;
}
