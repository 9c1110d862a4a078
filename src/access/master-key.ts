import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Config } from '../config.ts';
import type { Ports } from '../context.ts';
import { fail, isFailure } from '../errors.ts';
import { readIfThere, writePrivateFile } from './private-file.ts';

const keyBytes = 32;
const base64OfKey = /^[A-Za-z0-9+/]{43}=?$/;
const canaryName = 'master-key-canary';
const canary = 'the master key is the right one';

type KeySource = Pick<Config, 'masterKey' | 'masterKeyFile'>;

/**
 * The master key, from the configuration or its file, which is made at the first start and never written again. Throws
 * `master_key_wrong` when others than its owner can read the file, or when it does not hold a key.
 */
export async function loadMasterKey({ masterKey, masterKeyFile: file }: KeySource): Promise<Uint8Array> {
  if (masterKey !== undefined) return decode(masterKey, 'STOWAGE_MASTER_KEY');
  const existing = await readIfThere(file);
  // Of processes that start at once only one makes the file; all of them read it.
  if (existing === null) await writePrivateFile(file, `${randomBytes(keyBytes).toString('base64')}\n`, 'keep');
  await requirePrivate(file);
  return decode((await readIfThere(file)) ?? '', file);
}

async function requirePrivate(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0)
    throw fail('master_key_wrong', `Others can read ${file}, the key to all secrets; run: chmod 600 ${file}`);
}

function decode(text: string, source: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64');
  if (base64OfKey.test(text.trim()) && key.length === keyBytes) return key;
  throw fail(
    'master_key_wrong',
    `${source} does not hold a master key: ${keyBytes} bytes in base64. Put back the key that this installation was started with.`,
  );
}

/** Throws `master_key_wrong` when the database was sealed under another key. The first start writes what proves it. */
export async function checkMasterKey({
  db,
  vault,
  config,
}: Pick<Ports, 'db' | 'vault'> & { readonly config: KeySource }): Promise<void> {
  const sealed = Buffer.from(vault.seal(canary, canaryName)).toString('base64');
  await db.setting.createMany({ data: [{ name: canaryName, value: sealed }], skipDuplicates: true });
  const { value } = await db.setting.findUniqueOrThrow({ where: { name: canaryName } });
  try {
    vault.open(Buffer.from(String(value), 'base64'), canaryName);
  } catch (cause) {
    if (!isFailure(cause, 'master_key_wrong')) throw cause;
    const source = config.masterKey === undefined ? config.masterKeyFile : 'STOWAGE_MASTER_KEY';
    throw fail('master_key_wrong', {
      detail: `The key in ${source} is not the one that the secrets in this database are sealed under; put that one back.`,
      cause,
    });
  }
}
