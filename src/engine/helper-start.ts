import type { Duplex } from 'node:stream';
import { type Connection, patience } from './connection.ts';
import type { HelperSecrets } from './helper.ts';
import { packSecrets } from './helper-secrets.ts';
import { findHelper } from './helper-state.ts';
import { objectPath } from './object-path.ts';

/** Which of a helper's standard streams an attached socket carries: its input is written to it, its outputs are read from it in frames. */
export interface Attachment {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** Implements {@link Engine.startHelper}. */
export async function startHelper(connection: Connection, id: string, secrets: HelperSecrets | null): Promise<void> {
  const helper = await findHelper(connection, id);
  if (helper !== null && helper.state !== 'created') return;
  if (secrets === null) return await start(connection, id);
  const socket = await startAttached(connection, id, { stdin: true, stdout: false, stderr: false }, secrets);
  letGo(socket.resume());
}

/**
 * Attaches to a helper before it starts, so that nothing of its output is missed, starts it and begins to write its
 * secrets. Should this process die in the middle the engine closes the input: the helper finds half a tar and ends.
 */
export async function startAttached(
  connection: Connection,
  id: string,
  streams: Attachment,
  secrets: HelperSecrets | null,
): Promise<Duplex> {
  const tar = secrets === null ? null : await packSecrets(secrets);
  const socket = await attach(connection, id, streams);
  // A helper that ends early resets the connection; its exit code tells why, so the reset itself is of no interest.
  socket.on('error', () => undefined);
  try {
    await start(connection, id);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  // The end of the input is the end of our half of the connection; the output goes on.
  if (tar !== null) socket.end(tar);
  return socket;
}

async function attach({ docker, ask }: Connection, id: string, streams: Attachment): Promise<Duplex> {
  const attaching = docker.getContainer(objectPath(id)).attach({ stream: true, hijack: true, ...streams });
  try {
    return asDuplex(await ask(patience.question, () => attaching));
  } catch (error) {
    // One that comes too late would hold the helper's input open.
    attaching.then(
      (socket) => asDuplex(socket).destroy(),
      () => undefined,
    );
    throw error;
  }
}

// With `hijack` dockerode gives the socket itself, whatever its types say.
function asDuplex(socket: NodeJS.ReadWriteStream): Duplex {
  return socket as Duplex;
}

async function start({ docker, ask }: Connection, id: string): Promise<void> {
  await ask(patience.change, (abortSignal) => docker.getContainer(objectPath(id)).start({ abortSignal }));
}

/**
 * The engine closes the connection once the helper's input has ended; now and then that takes it long, and the helper is at
 * work, or has ended, by then: nobody waits for it. A helper whose input does not end gives up by itself within a minute
 * (exit code 64), and what is still open then is cut off.
 */
function letGo(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), patience.change * 1000).unref();
  socket.once('close', () => clearTimeout(timer));
}
