import { Prisma, type Reader } from '../database/client.ts';
import { loadProtection } from './load.ts';
import type { VolumeProtection } from './model.ts';

/** The protection of the volumes of a host (of these, or of all), by name. A constant number of statements. */
export async function protectionOf(
  db: Reader,
  host: string,
  volumes?: readonly string[],
): Promise<ReadonlyMap<string, VolumeProtection>> {
  const named = volumes === undefined ? [] : [Prisma.sql`v.name = any(${[...volumes]}::text[])`];
  const judged = await loadProtection(db, 'all', [Prisma.sql`v.host = ${host}`, ...named]);
  return new Map(judged.map((one) => [one.volume, one]));
}
