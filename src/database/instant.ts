import { Prisma } from './client.ts';

/** A column of instants, in JSON that PostgreSQL writes, as `Date.toISOString` gives it. `column` is a name in the source, never a value. */
export function instant(column: string): Prisma.Sql {
  return Prisma.raw(`to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
}
