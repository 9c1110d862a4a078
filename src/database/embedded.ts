import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { fail } from '../errors.ts';
import { postgresBinaries, runPostgresTool, spawnPostgres } from './embedded-binaries.ts';
import { findLivePostmaster, type Postmaster } from './embedded-postmaster.ts';

const user = 'stowage';
const database = 'stowage';
const startSeconds = 60;
const stopSeconds = 60;

/** A running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  /** Connection string of the database `stowage`. */
  readonly url: string;
  /** Whether it was running already, left by a process that was killed. */
  readonly adopted: boolean;
  /** Ends the server in good order. */
  stop(): Promise<void>;
}

interface Options {
  /** Folder for data, password and log; made when it is missing. */
  readonly directory: string;
  readonly progress: (message: string) => void;
}

/**
 * Starts a real PostgreSQL below a folder, on a free port of 127.0.0.1. It outlives this process when that is killed,
 * and is then adopted by the next start. Throws `database_unavailable` with the end of the server's log.
 */
export async function startEmbeddedPostgres({ directory, progress }: Options): Promise<EmbeddedPostgres> {
  const data = join(directory, 'data');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const binaries = await postgresBinaries();
  const password = await ensurePassword(directory);
  if (!existsSync(join(data, 'PG_VERSION'))) {
    progress('making a new database cluster');
    await initialize(binaries, directory, data);
  }
  const adopted = await adopt(data, password, directory);
  const postmaster = adopted ?? (await launch(binaries, directory, data));
  if (adopted === null) await connectable(postmaster, password, directory);
  return {
    url: urlOf(postmaster.port, password, database),
    adopted: adopted !== null,
    stop: () => stopServer(postmaster, data),
  };
}

/** The server that a killed process has left, or null; one that is just dying is waited out. */
async function adopt(data: string, password: string, directory: string): Promise<Postmaster | null> {
  const live = await findLivePostmaster(data);
  if (live === null) return null;
  try {
    await connectable(live, password, directory);
    return live;
  } catch (error) {
    if ((await findLivePostmaster(data)) !== null) throw error;
    return null;
  }
}

async function ensurePassword(directory: string): Promise<string> {
  const file = join(directory, 'password');
  if (!existsSync(file)) await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  return await readFile(file, 'utf8');
}

/** The cluster is made beside its place and counts only once it is whole. */
async function initialize(binaries: string, directory: string, data: string): Promise<void> {
  const unfinished = `${data}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await runPostgresTool(binaries, 'initdb', [
    '-D',
    unfinished,
    '-U',
    user,
    `--pwfile=${join(directory, 'password')}`,
    '-A',
    'scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ]);
  await rename(unfinished, data);
}

async function launch(binaries: string, directory: string, data: string): Promise<Postmaster> {
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const pid = await spawnPostgres(binaries, ['-D', data, ...flags], join(directory, 'log'));
  return { pid, port };
}

/** Waits until the server takes connections, and makes the database at the first time. */
async function connectable({ pid, port }: Postmaster, password: string, directory: string): Promise<void> {
  const giveUpAt = Date.now() + startSeconds * 1000;
  for (;;) {
    try {
      return await ensureDatabase(urlOf(port, password, 'postgres'));
    } catch (cause) {
      if (isAlive(pid) && Date.now() < giveUpAt) {
        await sleep(50);
        continue;
      }
      const log = await readFile(join(directory, 'log'), 'utf8').catch(() => '');
      throw fail('database_unavailable', {
        detail: `The embedded PostgreSQL did not start: ${log.trim().split('\n').slice(-3).join(' ')}`,
        cause,
      });
    }
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}

async function stopServer({ pid }: Postmaster, data: string): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  const giveUpAt = Date.now() + stopSeconds * 1000;
  while (existsSync(join(data, 'postmaster.pid')) || isAlive(pid)) {
    if (Date.now() > giveUpAt)
      throw fail(
        'database_unavailable',
        `The embedded PostgreSQL (process ${pid}) did not end within ${stopSeconds} s; end it by hand.`,
      );
    await sleep(25);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function urlOf(port: number, password: string, name: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${name}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.');
  return address.port;
}
