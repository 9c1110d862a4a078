import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Ports } from '../context.ts';
import { apiKeyOf, hashOf, looksLikeApiKey, prefixOf } from './api-key.ts';
import { chainOfHash } from './key-chain.ts';
import { createKey } from './key-store.ts';
import { hasGlobalAdmin, validAdminKeys } from './last-admin.ts';
import { readIfThere, writePrivateFile } from './private-file.ts';
import { systemActor } from './roles.ts';

type NeededPorts = Pick<Ports, 'config' | 'db' | 'locks' | 'vault'>;

/**
 * Sees to it that somebody can administer this installation, with the key in `admin.key` in the state folder. It is made at
 * the first start, and registered again in a database that does not know it. While it is valid, a file that is gone is
 * written again. A key that was revoked is replaced only when nobody else can administer everything. Processes that start at
 * once make one key. `created`: whether a key is new to the database.
 */
export async function ensureAdminKey(ports: NeededPorts): Promise<{ file: string; created: boolean }> {
  const file = join(ports.config.stateFolder, 'admin.key');
  const created = await ports.locks.hold('access/admin-key', async () => {
    const written = (await readIfThere(file))?.trim() ?? '';
    return looksLikeApiKey(written) ? await accept(ports, file, written) : await recover(ports, file);
  });
  return { file, created };
}

async function accept(ports: NeededPorts, file: string, written: string): Promise<boolean> {
  if ((await chainOfHash(ports.db, hashOf(written))) === null) return await register(ports, written, randomUUID());
  return (await hasGlobalAdmin(ports)) ? false : await make(ports, file);
}

async function recover(ports: NeededPorts, file: string): Promise<boolean> {
  const firstKeys = (await validAdminKeys(ports.db)).filter(({ createdBy }) => createdBy === systemActor.subject);
  const own = firstKeys.find(({ id, secretId, secrets }) => {
    const hash = hashOf(apiKeyOf(ports.vault, id, secretId));
    return secrets.some((secret) => secret.endsAt === null && Buffer.compare(secret.hash, hash) === 0);
  });
  if (own !== undefined) {
    await writePrivateFile(file, `${apiKeyOf(ports.vault, own.id, own.secretId)}\n`, 'replace');
    return false;
  }
  // A first key that cannot be written again (it came from another database) may be in nobody's hands.
  const lost = new Set(firstKeys.map(({ id }) => id));
  return (await hasGlobalAdmin(ports, lost)) ? false : await make(ports, file);
}

/** The file is on disk before the key counts: a process that is killed in between registers it at its next start. */
async function make(ports: NeededPorts, file: string): Promise<boolean> {
  const id = randomUUID();
  const key = apiKeyOf(ports.vault, id);
  await writePrivateFile(file, `${key}\n`, 'replace');
  return await register(ports, key, id);
}

async function register({ db }: NeededPorts, key: string, id: string): Promise<true> {
  const grants = [{ role: 'admin' as const, project: null }];
  await createKey(db, {
    id,
    name: 'first admin',
    subject: `key:${id}`,
    boundTo: null,
    limits: null,
    prefix: prefixOf(key),
    hash: hashOf(key),
    createdBy: systemActor.subject,
    expiresAt: null,
    grants,
  });
  return true;
}
