import { posix } from 'node:path';
import { databaseOf, dataFoldersOf } from '../findings/read.ts';
import type { DatabaseEngine } from '../snapshots/model.ts';
import type { DatabaseServer } from './model.ts';

/** What a database is recognised by. */
export interface Recognisable {
  readonly image: string;
  readonly mounts: readonly { readonly volume: string | null; readonly target: string; readonly readOnly: boolean }[];
}

/** What it was started with. */
export interface Setup {
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

export interface Recognised {
  readonly engine: DatabaseEngine;
  readonly recognisedBy: DatabaseServer['recognisedBy'];
  /** Volume with its data. */
  readonly volume: string | null;
}

const byImage: Readonly<Record<string, DatabaseEngine>> = {
  PostgreSQL: 'postgresql',
  MySQL: 'mysql',
  MariaDB: 'mariadb',
  Redis: 'redis',
};

/** Where each keeps its data: in the images of its makers and of others, and in packages. */
const folders: Readonly<Record<DatabaseEngine, readonly string[]>> = {
  postgresql: dataFoldersOf('PostgreSQL'),
  mysql: dataFoldersOf('MySQL'),
  mariadb: dataFoldersOf('MariaDB'),
  redis: [...dataFoldersOf('Redis'), '/var/lib/redis'],
};

/** Names of variables, and words of the command, that tell it. */
const signs: Readonly<Record<DatabaseEngine, { readonly variable: RegExp; readonly word: RegExp }>> = {
  postgresql: { variable: /^(PGDATA|POSTGRES_|POSTGRESQL_)/, word: /(^|\/)postgres$/ },
  mysql: { variable: /^MYSQL_/, word: /(^|\/)mysqld$/ },
  mariadb: { variable: /^MARIADB_/, word: /(^|\/)mariadbd$/ },
  redis: { variable: /^(REDIS_|VALKEY_)/, word: /(^|\/)(redis|valkey)-server$/ },
};

/** The database that the name of an image tells; null when it tells none that dumps itself. */
export function engineOfImage(image: string): DatabaseEngine | null {
  return byImage[databaseOf(image)?.name ?? ''] ?? null;
}

/** Whether a container may be a database although its image does not say so: it has a volume where one keeps its data. */
export function mayBeDatabase({ image, mounts }: Recognisable): boolean {
  return databaseOf(image) === null && mounts.some(({ target }) => enginesAt(target).length > 0);
}

/**
 * What database a container is: by its image; else by its environment or command, and by its volume, both together where
 * one alone would take an application for a server: that has the password of its database in its environment as well.
 */
export function recognise(container: Recognisable, setup: Setup | null): Recognised | null {
  const named = engineOfImage(container.image);
  const moved = setup?.environment['PGDATA'];
  if (named !== null) return { engine: named, recognisedBy: 'image', volume: dataVolume(container, named, moved) };
  if (setup === null || !mayBeDatabase(container)) return null;
  const possible = [...new Set(container.mounts.flatMap(({ target }) => enginesAt(target)))];
  const told = possible.find((engine) => tells(engine, setup));
  if (told !== undefined)
    return { engine: told, recognisedBy: 'environment', volume: dataVolume(container, told, moved) };
  // Anything may be mounted at /data; nobody else keeps something in these.
  const [only] = possible.filter((engine) => engine !== 'redis');
  return only === undefined
    ? null
    : { engine: only, recognisedBy: 'volume', volume: dataVolume(container, only, moved) };
}

function tells(engine: DatabaseEngine, { environment, command }: Setup): boolean {
  const { variable, word } = signs[engine];
  return Object.keys(environment).some((name) => variable.test(name)) || command.some((one) => word.test(one));
}

function enginesAt(target: string): DatabaseEngine[] {
  const engines = Object.keys(folders) as DatabaseEngine[];
  return engines.filter((engine) => folders[engine].some((folder) => isWithin(target, folder)));
}

function dataVolume({ mounts }: Recognisable, engine: DatabaseEngine, moved: string | undefined): string | null {
  const places = moved === undefined ? folders[engine] : [moved, ...folders[engine]];
  for (const place of places) {
    const found = mounts.find(
      ({ volume, target, readOnly }) =>
        volume !== null && !readOnly && (isWithin(target, place) || (target !== '/' && isWithin(place, target))),
    );
    if (found !== undefined) return found.volume;
  }
  return null;
}

function isWithin(path: string, folder: string): boolean {
  const clean = posix.normalize(path).replace(/(.)\/$/, '$1');
  return clean === folder || clean.startsWith(`${folder}/`);
}

/** MySQL and MariaDB read each other's dumps, as far as they are written for both, and keep their data alike. */
export function familyOf(engine: DatabaseEngine): Exclude<DatabaseEngine, 'mariadb'> {
  return engine === 'mariadb' ? 'mysql' : engine;
}
