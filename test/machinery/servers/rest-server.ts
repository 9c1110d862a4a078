import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { extractPackages, fetchPackages } from '../../../src/engine/debian-packages.ts';
import { groundOfTests } from '../ground-environment.ts';
import { freePort, listens, readyServer, type TestServer } from './debian-root.ts';

/** `stowage` with the password `correct`, as htpasswd writes it. */
const htpasswd = 'stowage:{SHA}MXmmXv8lI7veU8mbKZtxnBCjUjU=\n';

export interface RestServer extends TestServer {
  /** Below it repositories may be made by the user `stowage` with the password `correct`. */
  readonly url: string;
}

/** Starts restic's own repository server; nothing can be removed from it with `appendOnly`. */
export async function startRestServer(
  t: Test,
  { appendOnly = false, port, data }: { appendOnly?: boolean; port?: number; data?: string } = {},
): Promise<RestServer> {
  const folder = data ?? (await restServerFolder(t));
  const at = port ?? (await freePort());
  const settings = ['--path', folder, '--listen', `127.0.0.1:${at}`, '--private-repos'];
  const server = spawn(await restServerProgram(), [...settings, ...(appendOnly ? ['--append-only'] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { stop } = await readyServer(t, server, () => listens(at), 20);
  return { url: `http://127.0.0.1:${at}/stowage/`, stop };
}

/** A folder for a server, which may be started on it more than once. */
export async function restServerFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(groundOfTests().folder, 'rest-'));
  await writeFile(join(folder, '.htpasswd'), htpasswd);
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function restServerProgram(): Promise<string> {
  const { cache } = groundOfTests();
  const folder = join(cache, 'rest-server');
  if (!existsSync(folder)) {
    const names = ['restic-rest-server'];
    const packages = await fetchPackages({ cache: join(cache, 'packages'), suite: 'sid', names, dependencies: false });
    const unpacked = await mkdtemp(`${folder}-`);
    await extractPackages(packages, unpacked);
    await rename(unpacked, folder);
  }
  return join(folder, 'usr/bin/restic-rest-server');
}
