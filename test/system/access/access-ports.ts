import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { loadMasterKey } from '../../../src/access/master-key.ts';
import { readConfig } from '../../../src/config.ts';
import { connectAdvisoryLocks } from '../../../src/database/advisory-locks.ts';
import { connectDatabase } from '../../../src/database/client.ts';
import { openVault } from '../../../src/vault.ts';
import { createDatabase, type TestDatabase } from '../../machinery/database.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';

export type AccessPorts = Awaited<ReturnType<typeof openAccessPorts>>;

/** The parts of a process that its keys need, inside of the test. */
export async function openAccessPorts(
  t: Test,
  given: { readonly database?: TestDatabase; readonly state?: string; readonly env?: Record<string, string> } = {},
) {
  const database = given.database ?? (await createDatabase());
  const state = given.state ?? (await mkdtemp(join(groundOfTests().folder, 'access-')));
  const config = readConfig({ STOWAGE_STATE: state, ...given.env });
  const vault = openVault(await loadMasterKey(config));
  const db = connectDatabase(database.url);
  const locks = connectAdvisoryLocks(database.url);
  t.teardown(async () => {
    await locks.close();
    await db.$disconnect();
    if (given.state === undefined) await rm(state, { recursive: true, force: true });
    if (given.database === undefined) await database.drop();
  });
  return { config, db, locks, vault, database, state };
}
