import { Prisma, type Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import type { Schedule } from '../schedule.ts';
import type { DataClass } from '../volumes/model.ts';
import type { ClassSource } from './coverage.ts';
import type { DataClassSettings } from './model.ts';
import { type NewRetention, type Retention, retentionFrom } from './retention.ts';

type Row = Prisma.DataClassGetPayload<object>;

/** From the most precious to what nobody misses. */
export const classNames: readonly string[] = [
  'critical',
  'user',
  'config',
  'logs',
  'cache',
  'temporary',
] satisfies DataClass[];

/** All classes, the most precious first. */
export async function listClasses(db: Reader): Promise<DataClassSettings[]> {
  const rows = await db.dataClass.findMany();
  return rows.map(toClass).sort((one, other) => classNames.indexOf(one.name) - classNames.indexOf(other.name));
}

/** Throws `data_class_not_found`. */
export async function findClass(db: Reader, name: string): Promise<DataClassSettings> {
  const row = await db.dataClass.findUnique({ where: { name } });
  if (row === null)
    throw fail('data_class_not_found', `There is no class of data "${name}"; there are ${classNames.join(', ')}.`);
  return toClass(row);
}

/** What can be edited of a class. */
export interface ClassPatch {
  readonly description?: string;
  readonly rpoSeconds?: number | null;
  readonly rtoSeconds?: number | null;
  readonly schedule?: Schedule | null;
  readonly keep?: Retention;
}

/** Edits a class; `nextRunAt` goes with a new schedule. Throws `data_class_not_found` and `version_mismatch`. */
export async function editClass(
  db: Reader,
  name: string,
  { schedule, keep, ...patch }: ClassPatch,
  nextRunAt: Date | null,
  expectedVersion: number | undefined,
): Promise<DataClassSettings> {
  await findClass(db, name);
  const [row] = await db.dataClass.updateManyAndReturn({
    where: { name, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) },
    data: {
      ...patch,
      ...(schedule === undefined ? {} : { schedule: schedule ?? Prisma.DbNull, nextRunAt }),
      ...(keep === undefined ? {} : { keep }),
      version: { increment: 1 },
    },
  });
  if (row !== undefined) return toClass(row);
  throw fail('version_mismatch', `Data class "${name}" is not at version ${expectedVersion} any more; read it again.`);
}

// The columns hold only what this store, or the migration that made the rows, wrote.
const scheduleOf = ({ schedule }: Row) => schedule as Schedule | null;
const keepOf = ({ keep }: Row) => retentionFrom(keep as NewRetention);

function toClass(row: Row): DataClassSettings {
  const { name, description, rpoSeconds, rtoSeconds, version } = row;
  return {
    name: name as DataClass,
    description,
    rpoSeconds,
    rtoSeconds,
    schedule: scheduleOf(row),
    keep: keepOf(row),
    lastRunAt: row.lastRunAt?.toISOString() ?? null,
    nextRunAt: row.nextRunAt?.toISOString() ?? null,
    version,
  };
}

/** A class as what backs volumes up. */
export function toClassSource(row: Row): ClassSource {
  return {
    key: `class/${row.name}`,
    kind: 'class',
    name: row.name,
    schedule: scheduleOf(row),
    jitterSeconds: 0,
    repositoryId: null,
    copyTo: null,
    keep: keepOf(row),
    rpoSeconds: row.rpoSeconds,
    rtoSeconds: row.rtoSeconds,
    consistency: 'live',
    hooks: [],
    configuration: 'none',
    startWindowSeconds: null,
    completionWindowSeconds: null,
    nextRunAt: row.nextRunAt,
  };
}
