import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { loadMasterKey } from '../../../src/access/master-key.ts';

async function folderOf(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stowage-master-key-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const load = (masterKeyFile: string, masterKey?: string) => loadMasterKey({ masterKey, masterKeyFile });

t.test('it is made once, for its owner only', async (t) => {
  const folder = await folderOf(t);
  const file = join(folder, 'state', 'master.key');
  const key = await load(file);
  t.equal(key.length, 32);
  t.equal((await stat(file)).mode & 0o777, 0o600);
  t.equal((await stat(join(folder, 'state'))).mode & 0o777, 0o700);
  const written = await readFile(file, 'utf8');
  t.same(await load(file), key);
  t.equal(await readFile(file, 'utf8'), written, 'never overwritten');
  t.same(await readdir(join(folder, 'state')), ['master.key'], 'nothing else is left');
});

t.test('processes that start at once have one key', async (t) => {
  const file = join(await folderOf(t), 'master.key');
  const keys = await Promise.all(Array.from({ length: 20 }, () => load(file)));
  t.equal(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size, 1);
  t.same(await load(file), keys[0]);
});

t.test('a file that others can read is refused', async (t) => {
  const file = join(await folderOf(t), 'master.key');
  await load(file);
  for (const mode of [0o640, 0o604, 0o660]) {
    await chmod(file, mode);
    await t.rejects(load(file), { code: 'master_key_wrong', message: `chmod 600 ${file}` }, mode.toString(8));
  }
  await chmod(file, 0o400);
  await t.resolves(load(file));
});

t.test('what is no key is refused, and left as it is', async (t) => {
  const file = join(await folderOf(t), 'master.key');
  const short = Buffer.alloc(31).toString('base64');
  for (const content of ['', '\n', 'short', short, Buffer.alloc(33).toString('base64'), `${'A'.repeat(42)}!`]) {
    await writeFile(file, content, { mode: 0o600 });
    await t.rejects(load(file), { code: 'master_key_wrong' }, JSON.stringify(content));
    t.equal(await readFile(file, 'utf8'), content);
  }
});

t.test('a configured key is taken, and no file is made', async (t) => {
  const folder = await folderOf(t);
  const file = join(folder, 'master.key');
  const key = Buffer.alloc(32, 5);
  t.same(Buffer.from(await load(file, key.toString('base64'))), key);
  await t.rejects(load(file, 'short'), { code: 'master_key_wrong', message: /STOWAGE_MASTER_KEY/ });
  t.same(await readdir(folder), []);
});
