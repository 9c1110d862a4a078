import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { drained } from '../engine/drained-process.ts';
import type { Engine } from '../engine/engine.ts';
import { framed } from './framed.ts';

/** Where the helper reads what it is fed. */
export const pipe = '/tmp/stream';
/** The pipe is made by the helper's own command. */
const feedScript = `until [ -p ${pipe} ]; do sleep 0.05; done; exec cat > ${pipe}`;
const lookEveryMs = 50;

/** Data that somebody writes now. */
export interface StreamSource {
  readonly output: AsyncIterable<Buffer>;
  /** Throws unless what was given, to its end, was all of it. */
  requireWhole(): Promise<void>;
  /** Ends whoever writes it, who may have ended already. */
  letGo(): Promise<void>;
}

/**
 * Lets a source be written into the pipe of a helper, which is to be started by somebody else. Ends when all has gone there;
 * throws what the source throws when it did not end well, and an AbortError when the helper ended first (`over`). Nothing that
 * was begun goes on then.
 */
export async function feed(
  engine: Engine,
  helper: string,
  open: () => Promise<StreamSource>,
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
  let source: StreamSource | null = null;
  try {
    const opened = await open();
    source = opened;
    await pipeline(
      opened.output,
      framed(() => opened.requireWhole()),
      receiver.input,
      { signal: over },
    );
    await receiver.ended;
  } catch (error) {
    receiver.destroy();
    await source?.letGo();
    throw error;
  }
}

async function untilStarted(engine: Engine, name: string, over: AbortSignal): Promise<string> {
  for (;;) {
    over.throwIfAborted();
    const helper = await engine.findHelper(name);
    if (helper !== null && helper.state !== 'created') return helper.id;
    await sleep(lookEveryMs);
  }
}
