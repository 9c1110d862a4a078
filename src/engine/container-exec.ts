import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exec } from 'dockerode';
import { isFailure } from '../errors.ts';
import { type Connection, patience } from './connection.ts';
import { demux } from './demux.ts';
import type { Engine } from './engine.ts';
import type { ExecOutcome, ExecWish } from './engine-objects.ts';
import { objectPath } from './object-path.ts';
import { standardOutput, Tail } from './standard-output.ts';

type ExecCalls = Pick<Engine, 'execInContainer' | 'startInContainer'>;

/** As a shell says it of a command that cannot be run. */
const notRunnableExit = 127;
/** The engine closes the streams of a command a little before it notes its end. */
const looksAtEnd = 20;

/** The part of an engine that runs commands in containers of others. */
export function execCalls({ docker, ask }: Connection): ExecCalls {
  const create = (id: string, wish: Omit<ExecWish, 'seconds'>, stdin: boolean) =>
    ask(
      patience.question,
      (abortSignal) => docker.getContainer(objectPath(id)).exec({ ...bodyOf(wish), AttachStdin: stdin, abortSignal }),
      { 404: 'container_not_found', 409: 'container_not_running' },
    );

  // With `hijack` dockerode gives the socket itself, whatever its types say.
  const start = async (exec: Exec, stdin: boolean) =>
    (await ask(patience.change, () => exec.start({ hijack: true, stdin }))) as Duplex;

  async function outcomeOf(exec: Exec, output: string, mayGoOn: boolean): Promise<ExecOutcome> {
    for (let look = 1; ; look += 1) {
      const { Running, ExitCode, Pid } = await ask(patience.question, (abortSignal) => exec.inspect({ abortSignal }));
      if (!Running) return { exitCode: ExitCode, output, pid: null };
      if (mayGoOn || look === looksAtEnd) return { exitCode: null, output, pid: Pid };
      await sleep(100);
    }
  }

  return {
    async execInContainer(id, wish) {
      const exec = await create(id, wish, false);
      const tail = new Tail();
      let isOver = false;
      try {
        const socket = await start(exec, false);
        const timer = setTimeout(() => {
          isOver = true;
          socket.destroy();
        }, wish.seconds * 1000);
        try {
          for await (const { content } of demux(socket)) tail.add(content);
        } catch (error) {
          // The end of its time: what was read until then counts.
          if (!isOver) throw error;
        } finally {
          clearTimeout(timer);
        }
      } catch (error) {
        if (!isFailure(error, 'engine_error')) throw error;
        return { exitCode: notRunnableExit, output: error.message, pid: null };
      }
      return await outcomeOf(exec, tail.text(), isOver);
    },

    async startInContainer(id, wish) {
      const exec = await create(id, wish, true);
      const socket = await start(exec, true);
      // Whoever writes or reads is told by the stream itself; without this the process would end of it.
      socket.on('error', () => undefined);
      const tail = new Tail();
      return {
        input: socket,
        output: standardOutput(socket, tail),
        finished: () => outcomeOf(exec, tail.text(), socket.destroyed && !socket.readableEnded),
        destroy: () => void socket.destroy(),
      };
    },
  };
}

function bodyOf({ command, user, environment = {} }: Omit<ExecWish, 'seconds'>) {
  return {
    Cmd: [...command],
    AttachStdout: true,
    AttachStderr: true,
    ...(user === undefined ? {} : { User: user }),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  };
}
