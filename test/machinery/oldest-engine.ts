import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startPrivateEngine } from '../../src/engine/private-engine.ts';
import { groundOfTests } from './ground-environment.ts';

/** The Debian suite with the oldest engine that is supported: 20.10, API 1.41. */
const suite = 'bookworm';

/** Starts the oldest supported engine for a test, beside the one that all tests share; it ends with the test. */
export async function startOldestEngine(t: Test): Promise<{ endpoint: string; version: string }> {
  const { folder, cache } = groundOfTests();
  const directory = await mkdtemp(join(folder, 'oldest-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const packages = join(cache, 'packages');
  const { endpoint, version, stop } = await startPrivateEngine({
    directory,
    packages,
    suites: [suite],
    progress: () => undefined,
  });
  t.teardown(stop);
  return { endpoint, version };
}
