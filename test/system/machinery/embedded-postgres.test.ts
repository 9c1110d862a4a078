import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import t from 'tap';
import { startEmbeddedPostgres } from '../../../src/database/embedded.ts';
import { newFolder } from './own-engine.ts';

const module = new URL('../../../src/database/embedded.ts', import.meta.url).href;
const nobody = 65534;

async function answers(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('select current_database() as name');
  await client.end();
  return rows[0].name;
}

async function pidOf(directory: string): Promise<number> {
  return Number((await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

/** Starts a server in a process of its own, which then does what `ending` says. */
async function startElsewhere(
  directory: string,
  ending: string,
  options: { uid?: number; gid?: number } = {},
): Promise<unknown[]> {
  const program = `const { startEmbeddedPostgres } = await import('${module}');
    const server = await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, progress: () => undefined });
    ${ending}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit', ...options });
  return await once(child, 'exit');
}

t.test('a server outlives the kill of the process that started it, and is adopted', async (t) => {
  const directory = join(await newFolder(t), 'postgres');
  const [, signal] = await startElsewhere(directory, "process.kill(process.pid, 'SIGKILL')");
  t.equal(signal, 'SIGKILL');
  const server = await startEmbeddedPostgres({ directory, progress: () => undefined });
  t.teardown(server.stop);
  t.equal(server.adopted, true);
  t.equal(await answers(server.url), 'stowage');
});

t.test('a server that was killed leaves a pid file, which is no obstacle', async (t) => {
  const directory = join(await newFolder(t), 'postgres');
  await startEmbeddedPostgres({ directory, progress: () => undefined });
  process.kill(await pidOf(directory), 'SIGKILL');
  const server = await startEmbeddedPostgres({ directory, progress: () => undefined });
  t.teardown(server.stop);
  t.equal(server.adopted, false);
  t.equal(await answers(server.url), 'stowage');
});

t.test('a server runs below a folder that only its owner may enter', async (t) => {
  const folder = await newFolder(t);
  await chmod(folder, 0o700);
  const server = await startEmbeddedPostgres({
    directory: join(folder, 'deep', 'postgres'),
    progress: () => undefined,
  });
  t.equal(await answers(server.url), 'stowage');
  await server.stop();
  await t.rejects(answers(server.url), 'a stopped server is gone');
});

t.test(
  'a server runs for an ordinary user',
  { skip: process.getuid?.() === 0 ? false : 'only root can become another user' },
  async (t) => {
    const folder = await newFolder(t);
    await chmod(folder, 0o755);
    const home = join(folder, 'home');
    await mkdir(home);
    await chown(home, nobody, nobody);
    const [code] = await startElsewhere(join(home, 'postgres'), 'await server.stop()', { uid: nobody, gid: nobody });
    t.equal(code, 0);
  },
);
