import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { translateDatabaseError } from './client.ts';

/** The lock that Prisma's own `migrate deploy` takes: neither runs while the other does. */
const prismaLock = 72_707_369;

const migrationsFolder = new URL('../../prisma/migrations/', import.meta.url);

/** One migration of the folder; the checksum is Prisma's. */
interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface AppliedMigration {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/**
 * Brings the database up to the newest migration, each in a transaction of its own, and gives the names of those it
 * applied. Replicas that start together wait for each other. Recorded as Prisma does, so its tools see the same history.
 * Throws `database_unavailable`, and an Error when the history of the database is not the one of this folder.
 */
export async function migrate(url: string, folder: URL = migrationsFolder): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {
    // A connection that is lost while idle; the statement that is next reports it.
  });
  try {
    await client.connect();
    await client.query('select pg_advisory_lock($1)', [prismaLock]);
    return await applyPending(client, migrations);
  } catch (error) {
    throw translateDatabaseError(error);
  } finally {
    await client.end();
  }
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map((name) => readMigration(folder, name)));
}

async function readMigration(folder: URL, name: string): Promise<Migration> {
  const sql = await readFile(new URL(`${name}/migration.sql`, folder), 'utf8');
  return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

async function applyPending(client: Client, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(historyTable);
  const { rows } = await client.query<AppliedMigration>(historyQuery);
  const applied = new Map(rows.map((row) => [row.migration_name, row]));
  refuseOtherHistory(migrations, applied);
  const pending = migrations.filter(({ name }) => !applied.has(name));
  for (const migration of pending) await apply(client, migration);
  return pending.map(({ name }) => name);
}

function refuseOtherHistory(migrations: readonly Migration[], applied: ReadonlyMap<string, AppliedMigration>): void {
  for (const { migration_name: name, checksum, finished } of applied.values()) {
    const known = migrations.find((migration) => migration.name === name);
    if (known === undefined)
      throw new Error(
        `The database has the migration "${name}", which this version of Stowage does not know. Start a newer version.`,
      );
    if (!finished)
      throw new Error(
        `The migration "${name}" was begun and did not end. Mend the database, then run "prisma migrate resolve".`,
      );
    if (known.checksum !== checksum)
      throw new Error(
        `The migration "${name}" was changed after it was applied. Put its file back and write a new migration.`,
      );
  }
}

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query(recordStatement, [randomUUID(), checksum, name]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => undefined);
    throw new Error(`The migration "${name}" failed and was undone.`, { cause });
  }
}

const historyTable = `
  create table if not exists _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

const historyQuery = `
  select migration_name, checksum, finished_at is not null as finished
  from _prisma_migrations where rolled_back_at is null order by started_at`;

const recordStatement = `
  insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
  values ($1, $2, $3, now(), clock_timestamp(), 1)`;
