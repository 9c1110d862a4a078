import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import tap, { type Test } from 'tap';
import { type ApiClient, connectClient } from './api-client.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { groundOfTests } from './ground-environment.ts';
import { type ServerProcess, spawnServer } from './server-process.ts';

const shownLogLines = 60;

/** A running Stowage, and a client that calls it with the admin key. */
export interface Stowage extends ApiClient, ServerProcess {
  readonly database: TestDatabase;
  /** State folder: master key, admin key, and the default repository unless it was set otherwise. */
  readonly state: string;
}

export interface StowageOptions {
  /** Settings that differ from those of the tests; an empty string unsets one. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the process does, such as `worker`; everything when not given. */
  readonly roles?: string;
  /** Database and state folder of another process that was started here: a second replica, or its successor. */
  readonly database?: TestDatabase;
  readonly state?: string;
}

/**
 * Starts a Stowage of its own for a test: a process with a database, a state folder and a free port, on the test engine.
 * It ends with the test. Throws with the whole log when it does not get ready.
 */
export async function startStowage(t: Test, options: StowageOptions = {}): Promise<Stowage> {
  const state = options.state ?? (await createState(t));
  const database = options.database ?? (await ownDatabase(t));
  const server = await spawnServer({ ...settingsFor(state, database, options), ...options.env });
  t.teardown(async () => {
    if (!t.passing())
      process.stderr.write(`The end of the log of the Stowage at ${server.address}:\n${endOf(server.log())}\n`);
    await server.stop();
  });
  const adminKey = (await readFile(join(state, 'admin.key'), 'utf8')).trim();
  return { ...server, ...connectClient(server.address, adminKey), database, state };
}

let shared: Promise<Stowage> | null = null;

/**
 * The Stowage that the tests of a file share, with the settings of all tests: started by the first that wants it, and ended
 * with the file. It is for tests that neither end it nor count what is in it: a start takes seconds.
 */
export function sharedStowage(): Promise<Stowage> {
  shared ??= startStowage(tap);
  return shared;
}

function settingsFor(state: string, database: TestDatabase, { roles }: StowageOptions): Record<string, string> {
  return {
    DATABASE_URL: database.url,
    DOCKER_HOST: groundOfTests().dockerHost,
    STOWAGE_STATE: state,
    STOWAGE_PORT: '0',
    STOWAGE_LOG_LEVEL: 'debug',
    STOWAGE_JOB_BACKOFF_SECONDS: '1',
    // A measurement takes the helpers and the time of others; a test that is about it asks for it.
    STOWAGE_MEASURE_SECONDS: '0',
    // At a full hour it would back up what tests count the snapshots of.
    STOWAGE_SCHEDULE_SECONDS: '0',
    STOWAGE_RETENTION_SECONDS: '0',
    STOWAGE_PRUNE_SCHEDULE: 'never',
    // All tests share one engine, so the default repository cannot be the Docker volume of the usual name.
    STOWAGE_REPOSITORY_URL: join(state, 'repository'),
    ...(roles === undefined ? {} : { STOWAGE_ROLES: roles }),
  };
}

async function createState(t: Test): Promise<string> {
  const { folder, helperDirectory } = groundOfTests();
  const state = await mkdtemp(join(folder, 'state-'));
  t.teardown(() => rm(state, { recursive: true, force: true }));
  await mkdir(join(state, 'repository'));
  await symlink(helperDirectory, join(state, 'helper'));
  return state;
}

async function ownDatabase(t: Test): Promise<TestDatabase> {
  const database = await createDatabase();
  t.teardown(() => database.drop());
  return database;
}

function endOf(log: string): string {
  return log.trimEnd().split('\n').slice(-shownLogLines).join('\n');
}
