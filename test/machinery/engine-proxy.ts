import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { groundOfTests } from './ground-environment.ts';

/** A way to the test engine that a test can disturb. */
export interface EngineProxy {
  /** For `DOCKER_HOST`. */
  readonly endpoint: string;
  /** Breaks what goes on now; new connections work. */
  cut(): void;
  /** As if the engine was not there. */
  away(): void;
  /** As if the engine hung: connections are taken, nothing is answered. */
  hang(): void;
  /** Undoes `away` and `hang`. */
  back(): void;
}

type Mode = 'open' | 'away' | 'hanging';

/** Starts a proxy in front of the test engine; it ends with the test. */
export async function startEngineProxy(t: Test): Promise<EngineProxy> {
  const { folder, dockerHost } = groundOfTests();
  const directory = await mkdtemp(join(folder, 'proxy-'));
  const socketPath = join(directory, 'docker.sock');
  const engineSocket = new URL(dockerHost).pathname;
  const open = new Set<Socket>();
  let mode: Mode = 'open';

  const track = (socket: Socket) => {
    open.add(socket);
    // A broken connection is what the test wants to see on the other side.
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    track(client);
    if (mode === 'away') return client.destroy();
    if (mode === 'hanging') return;
    const engine = connect({ path: engineSocket, allowHalfOpen: true });
    track(engine);
    client.pipe(engine).pipe(client);
    client.on('close', () => engine.destroy());
    engine.on('close', () => client.destroy());
  });
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  t.teardown(async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
    await rm(directory, { recursive: true, force: true });
  });

  return {
    endpoint: `unix://${socketPath}`,
    cut,
    away: () => {
      mode = 'away';
      cut();
    },
    hang: () => {
      mode = 'hanging';
      cut();
    },
    back: () => {
      mode = 'open';
      cut();
    },
  };
}
