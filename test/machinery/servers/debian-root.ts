import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { extractPackages, fetchPackages } from '../../../src/engine/debian-packages.ts';
import { groundOfTests } from '../ground-environment.ts';

const suite = 'bookworm';
const tools = ['bash', 'coreutils', 'sed', 'grep'];
const accounts = ['root:x:0:0:root:/root:/bin/bash', 'sshd:x:101:65534::/run/sshd:/bin/false'];

/** A file system with these Debian packages unpacked; kept between runs. */
export async function debianRoot(name: string, packages: readonly string[]): Promise<string> {
  const { cache } = groundOfTests();
  const root = join(cache, `root-${name}`);
  if (existsSync(root)) return root;
  const names = [...packages, ...tools];
  const archives = await fetchPackages({ cache: join(cache, 'packages'), suite, names, dependencies: true });
  const unpacked = await mkdtemp(`${root}-`);
  await extractPackages(archives, unpacked);
  for (const folder of ['proc', 'dev', 'tmp', 'run', 'data', 'etc'])
    await mkdir(join(unpacked, folder), { recursive: true });
  await writeFile(join(unpacked, 'etc/passwd'), `${accounts.join('\n')}\n`);
  await writeFile(join(unpacked, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  await rename(unpacked, root).catch(async (error: unknown) => {
    // Another test file was faster.
    await rm(unpacked, { recursive: true, force: true });
    if (!existsSync(root)) throw error;
  });
  return root;
}

/** A server of a test. */
export interface TestServer {
  /** Ends it and all that it started; does nothing when it has ended. */
  stop(): Promise<void>;
}

interface Wish {
  readonly root: string;
  /** Bash script; a folder of its own is at `/data`. */
  readonly script: string;
  /** Folder at `/data`. */
  readonly data: string;
  /** Where it listens once it is ready. */
  readonly port: number;
  /** File in `data` that the script makes once all is ready, where listening is not enough. */
  readonly marker?: string;
  readonly seconds: number;
}

/** Runs a script in a file system of {@link debianRoot}, with process ids of its own and the network of this machine. */
export async function startInRoot(t: Test, { root, script, data, port, marker, seconds }: Wish): Promise<TestServer> {
  const enter = [
    'mount -t proc proc "$1/proc"',
    'mount --rbind /dev "$1/dev"',
    'mount -t tmpfs tmpfs "$1/tmp"',
    'mount -t tmpfs tmpfs "$1/run"',
    'mount --bind "$2" "$1/data"',
    'exec chroot "$1" /bin/bash -ec "$3"',
  ].join(' && ');
  const apart = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];
  const server = spawn('unshare', [...apart, 'sh', '-c', enter, 'enter', root, data, script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const isReady = async () => (marker === undefined || existsSync(join(data, marker))) && (await listens(port));
  return await readyServer(t, server, isReady, seconds);
}

/** A started server once it is ready; it ends with the test. Throws with what it wrote when it ends before, or is late. */
export async function readyServer(
  t: Test,
  server: ChildProcess,
  isReady: () => Promise<boolean>,
  seconds: number,
): Promise<TestServer> {
  let written = '';
  for (const output of [server.stdout, server.stderr])
    output?.setEncoding('utf8').on('data', (text: string) => (written += text));
  const stop = () => end(server);
  t.teardown(stop);
  const giveUpAt = Date.now() + seconds * 1000;
  while (!(await isReady())) {
    const hasEnded = server.exitCode !== null || server.signalCode !== null;
    if (hasEnded || Date.now() > giveUpAt)
      throw new Error(
        `The server ${hasEnded ? 'ended' : `was not ready within ${seconds} s`}:\n${written.slice(-4000)}`,
      );
    await sleep(50);
  }
  return { stop };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'close');
  server.kill('SIGKILL');
  await ended;
}

/** Whether something listens at a port of this machine. */
export function listens(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: '127.0.0.1', port });
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

/** A port that nothing listens at. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.');
  return address.port;
}
