import { randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../config.ts';
import type { Ports } from '../context.ts';
import { fail } from '../errors.ts';

const keyBytes = 32;
const canaryName = 'master-key-canary';
const canary = 'the master key is the right one';

/**
 * The master key, from the configuration or its file; made at the first start. Throws `master_key_wrong` when the file can
 * be read by others or the key has another length.
 */
export async function loadMasterKey(config: Pick<Config, 'masterKey' | 'masterKeyFile'>): Promise<Uint8Array> {
  if (config.masterKey !== undefined) return decode(config.masterKey, 'STOWAGE_MASTER_KEY');
  const file = config.masterKeyFile;
  const existing = await openExisting(file);
  if (existing !== null) return await readKey(existing, file);
  await makeKey(file);
  return await readKey(await open(file), file);
}

async function openExisting(file: string): Promise<FileHandle | null> {
  try {
    return await open(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function readKey(handle: FileHandle, file: string): Promise<Uint8Array> {
  try {
    const { mode } = await handle.stat();
    if ((mode & 0o077) !== 0) throw fail('master_key_wrong', `Others can read ${file}, the key to all secrets; run: chmod 600 ${file}`);
    return decode(await handle.readFile('utf8'), file);
  } finally {
    await handle.close();
  }
}

/** Written beside its place and linked into it: two processes that start at once end up with one key, whole and on disk. */
async function makeKey(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`);
    await handle.sync();
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
}

function decode(text: string, source: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== keyBytes) throw fail('master_key_wrong', `${source} must hold ${keyBytes} bytes in base64; it holds ${key.length}.`);
  return key;
}

/** Throws `master_key_wrong` when the database was sealed under another key. The first start writes what proves it. */
export async function checkMasterKey({ db, vault }: Pick<Ports, 'db' | 'vault'>): Promise<void> {
  const sealed = Buffer.from(vault.seal(canary, canaryName)).toString('base64');
  const { value } = await db.setting.upsert({ where: { name: canaryName }, create: { name: canaryName, value: sealed }, update: {} });
  vault.open(Buffer.from(String(value), 'base64'), canaryName);
}
