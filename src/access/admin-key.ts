import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ports } from '../context.ts';
import { apiKeyOf, hashOf, looksLikeApiKey } from './api-key.ts';
import { systemActor } from './roles.ts';
import { createKey, findKeyByHash, hasGlobalAdmin } from './store.ts';

/**
 * Sees to it that somebody can administer this installation: at the first start, makes an API key and writes it to
 * `admin.key` in the state folder, for the owner of the folder only. A file whose key the database does not know (it is a
 * new one) is registered again. When the file is gone a new key is made only if nobody else could administer any more; a
 * key that was revoked on purpose stays revoked.
 */
export async function ensureAdminKey(ports: Ports): Promise<{ file: string; created: boolean }> {
  const file = join(ports.config.stateFolder, 'admin.key');
  const created = await ports.locks.hold('access/admin-key', async () => {
    const written = await readFile(file, 'utf8').then((text) => text.trim(), () => null);
    if (written !== null && looksLikeApiKey(written)) return await register(ports, written);
    if (await hasGlobalAdmin(ports.db)) return false;
    const id = randomUUID();
    const key = apiKeyOf(ports.vault, id);
    await writePrivately(file, ports.config.stateFolder, key);
    return await register(ports, key, id);
  });
  return { file, created };
}

async function register({ db }: Ports, key: string, id: string = randomUUID()): Promise<boolean> {
  const hash = hashOf(key);
  if ((await findKeyByHash(db, hash)) !== null) return false;
  const grants = [{ role: 'admin' as const, project: null }];
  await createKey(db, { id, name: 'first admin', prefix: key.slice(0, 12), hash, createdBy: systemActor.subject, expiresAt: null, grants });
  return true;
}

async function writePrivately(file: string, folder: string, key: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.new`;
  await writeFile(draft, `${key}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
}
