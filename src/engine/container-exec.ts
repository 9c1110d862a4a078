import type { Readable } from 'node:stream';
import { isFailure } from '../errors.ts';
import { type Connection, patience } from './connection.ts';
import { demux } from './demux.ts';
import type { Engine } from './engine.ts';
import type { ExecWish } from './engine-objects.ts';

type ExecCalls = Pick<Engine, 'execInContainer'>;

const outputBytes = 4_096;
/** As a shell says it of a command that cannot be run. */
const notRunnableExit = 127;

/** The part of an engine that runs commands in containers of others. */
export function execCalls({ docker, ask }: Connection): ExecCalls {
  return {
    async execInContainer(id, wish) {
      const exec = await ask(
        patience.question,
        (abortSignal) => docker.getContainer(encodeURIComponent(id)).exec({ ...bodyOf(wish), abortSignal }),
        { 404: 'container_not_found', 409: 'container_not_running' },
      );
      let output: string;
      try {
        const stream = await ask(patience.change, () => exec.start({ hijack: true }));
        output = await readWithin(stream as Readable, wish.seconds);
      } catch (error) {
        if (!isFailure(error, 'engine_error')) throw error;
        return { exitCode: notRunnableExit, output: error.message, pid: null };
      }
      const { Running, ExitCode, Pid } = await ask(patience.question, (abortSignal) => exec.inspect({ abortSignal }));
      return { exitCode: Running ? null : ExitCode, output, pid: Running ? Pid : null };
    },
  };
}

function bodyOf({ command, user, environment = {} }: ExecWish) {
  return {
    Cmd: [...command],
    AttachStdout: true,
    AttachStderr: true,
    ...(user === undefined ? {} : { User: user }),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  };
}

/** The end of what a command writes, until it ends or its time is over. */
async function readWithin(stream: Readable, seconds: number): Promise<string> {
  let output = Buffer.alloc(0);
  const timer = setTimeout(() => stream.destroy(), seconds * 1000);
  try {
    for await (const { content } of demux(stream)) output = Buffer.concat([output, content]).subarray(-outputBytes);
  } catch (error) {
    // The end of the time: what was read until then counts.
    if (!stream.destroyed) throw error;
  } finally {
    clearTimeout(timer);
  }
  return output.toString('utf8');
}
