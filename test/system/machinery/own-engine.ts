import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectDocker } from '../../../src/engine/connection.ts';
import { ensureHelperImage } from '../../../src/engine/helper-image.ts';
import { startPrivateEngine } from '../../../src/engine/private-engine.ts';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));

/** Folder that keeps Debian packages between runs. */
export const packages = join(process.env['STOWAGE_TEST_CACHE'] ?? join(checkout, '.stowage', 'cache'), 'packages');

/** A test whose folder and engines end with it. */
export interface TestWithFolder {
  teardown(work: () => unknown): void;
}

const silent = () => undefined;

/** A new folder, removed after the test. Ask for it before what lives in it, since the last teardown runs first. */
export async function newFolder(t: TestWithFolder): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stowage-machinery-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts (or adopts) the engine of a folder. The test ends it. */
export async function startEngine(t: TestWithFolder, directory: string) {
  const engine = await startPrivateEngine({ directory, packages, progress: silent });
  t.teardown(engine.stop);
  return engine;
}

/** Brings the helper image to an engine and tells how long that took, in milliseconds. */
export async function timedHelperImage(endpoint: string, directory: string) {
  const startedAt = performance.now();
  const image = await ensureHelperImage({ endpoint, directory, packages, progress: silent });
  return { ...image, milliseconds: performance.now() - startedAt };
}

/** dockerode for an engine; its connections end with the test. */
export function dockerOf(t: TestWithFolder, endpoint: string) {
  const connection = connectDocker('test', endpoint);
  t.teardown(connection.close);
  return connection.docker;
}
