import type { Test } from 'tap';
import { readConfig } from '../../src/config.ts';
import { connectAdvisoryLocks } from '../../src/database/advisory-locks.ts';
import { connectDatabase } from '../../src/database/client.ts';
import { connectNotices } from '../../src/database/notices.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { connectEngines } from '../../src/engine/engines.ts';
import type { WatcherPorts } from '../../src/hosts/follow-host.ts';
import { ensureHost } from '../../src/hosts/read.ts';
import { createLog } from '../../src/log.ts';
import { createTelemetry } from '../../src/telemetry.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { groundOfTests } from './ground-environment.ts';

/** The parts of a process that keep an inventory, inside of the test, so that it can step in between. */
export type InventoryPorts = WatcherPorts & { readonly database: TestDatabase };

interface Options {
  /** Database of another process, to which this one is a replica. */
  readonly database?: TestDatabase;
  /** Puts something of the test's own around the engine. */
  readonly around?: (engine: Engine) => Engine;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Opens them on the test engine; they are closed with the test. */
export async function openInventoryPorts(
  t: Test,
  { around = (engine) => engine, environment = {}, ...options }: Options = {},
): Promise<InventoryPorts> {
  const { dockerHost, helperImage } = groundOfTests();
  const database = options.database ?? (await ownDatabase(t));
  const db = connectDatabase(database.url);
  const locks = connectAdvisoryLocks(database.url);
  const notices = connectNotices(database.url, db);
  const real = connectEngines([{ name: 'local', endpoint: dockerHost }], {
    helperImage: async () => helperImage,
    installation: 'test',
  });
  const engine = around(real.get('local'));
  const engines = { ...real, get: () => engine };
  t.teardown(async () => {
    await notices.close();
    real.close();
    await locks.close();
    await db.$disconnect();
  });
  await ensureHost({ db }, { name: 'local', endpoint: dockerHost });
  return {
    config: readConfig(environment),
    db,
    locks,
    notices,
    engines,
    telemetry: createTelemetry({ ofProcess: false }),
    log: createLog('silent'),
    database,
  };
}

async function ownDatabase(t: Test): Promise<TestDatabase> {
  const database = await createDatabase();
  t.teardown(() => database.drop());
  return database;
}
