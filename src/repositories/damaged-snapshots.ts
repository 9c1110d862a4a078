import { Prisma, type Reader } from '../database/client.ts';

/** A snapshot that needs what a check found damaged. */
export interface DamagedSnapshot {
  readonly id: string;
  /** Name. */
  readonly repository: string;
}

/** The damaged snapshots of the volumes of a host (of these, or of all), by name of the volume. One statement. */
export async function damagedSnapshotsOf(
  db: Reader,
  host: string,
  volumes?: readonly string[],
): Promise<ReadonlyMap<string, readonly DamagedSnapshot[]>> {
  const among = volumes === undefined ? Prisma.empty : Prisma.sql`and s.volume = any(${[...volumes]}::text[])`;
  const rows = await db.$queryRaw<(DamagedSnapshot & { volume: string })[]>`
    select distinct s.volume, s.id, r.name as repository from repositories r
    cross join lateral jsonb_each(r.checks->'byPart') part
    cross join lateral jsonb_array_elements_text(part.value->'damagedSnapshots') damaged
    join snapshots s on s.id = damaged and s.repository_id = r.id
    where s.host = ${host} and s.volume is not null ${among}
    order by s.volume, r.name, s.id`;
  return Map.groupBy(rows, ({ volume }) => volume);
}
