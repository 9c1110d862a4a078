import { readFileSync } from 'node:fs';
import type { DatabaseEngine } from '../snapshots/model.ts';

const read = (name: string) => readFileSync(new URL(`./${name}.sh`, import.meta.url), 'utf8');
const common = read('common');
const files: Readonly<Record<DatabaseEngine, string>> = {
  postgresql: read('postgresql'),
  mysql: read('mysql'),
  mariadb: read('mysql'),
  redis: read('redis'),
};

export type Verb = 'ready' | 'exists' | 'dump' | 'restore' | 'load';

/** The command that does this in the container of a database; `database` and `source` as in `common.sh`, null for none. */
export function databaseCommand(
  engine: DatabaseEngine,
  verb: Verb,
  database: string | null = null,
  source: string | null = null,
): string[] {
  return ['sh', '-c', restoreScript(engine), 'stowage', verb, database ?? '', source ?? ''];
}

/** The script for a kind of database, whose arguments are those of `common.sh`. */
export function restoreScript(engine: DatabaseEngine): string {
  return `${common}\n${files[engine]}`;
}

/** How the file of a dump is called. */
export function dumpFile(engine: DatabaseEngine, database: string | null): string {
  if (engine === 'redis') return 'dump.rdb';
  if (database === null) return 'all.sql';
  return engine === 'postgresql' ? `${database}.dump` : `${database}.sql`;
}
