import type { Reader } from '../database/client.ts';

/** What a backup of a volume held. */
export interface RecentBackup {
  readonly id: string;
  readonly files: number;
  readonly bytes: number;
  readonly bytesAdded: number;
}

/** How many backups before the newest one it is compared with. */
const compared = 10;
const smallest = 65_536;
const shrunkShare = 0.5;
const changedShare = 0.5;

/**
 * Why the newest backup of a volume, or one not long before, looks as if the data had been lost or overwritten; null when it
 * does not. `recent`: the newest first.
 */
export function anomalyOf(recent: readonly RecentBackup[]): string | null {
  const [newest, ...before] = recent.slice(0, compared + 1);
  if (newest === undefined || before.length === 0) return null;
  const largest = before.reduce((most, one) => (one.bytes > most.bytes ? one : most));
  if (newest.files === 0 && before.some(({ files }) => files > 0))
    return `Its newest backup ${short(newest)} holds no file; ${short(largest)} before held ${largest.files}.`;
  if (largest.bytes >= smallest && newest.bytes < largest.bytes * shrunkShare)
    return `Its newest backup ${short(newest)} holds ${newest.bytes} bytes; ${short(largest)} before held ${largest.bytes}.`;
  // The oldest one that is known may have been the first: all of it was new.
  const changed = recent
    .slice(0, -1)
    .find(({ bytes, bytesAdded }) => bytes >= smallest && bytesAdded > bytes * changedShare);
  if (changed === undefined) return null;
  return `More than half of what its backup ${short(changed)} holds was new.`;
}

function short({ id }: RecentBackup): string {
  return id.slice(0, 8);
}

/** The newest backups of each of these volumes (`host/name`) in its project, as {@link anomalyOf} takes them. One statement. */
export async function recentBackups(
  db: Reader,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, readonly RecentBackup[]>> {
  const rows = await db.$queryRaw<(RecentBackup & { address: string })[]>`
    select wanted.address, s.id, s.files::float8 as files, s.bytes::float8 as bytes, s.bytes_added::float8 as "bytesAdded"
    from unnest(${[...addresses]}::text[]) as wanted(address)
    join volumes v on v.host = split_part(wanted.address, '/', 1) and v.name = split_part(wanted.address, '/', 2)
    cross join lateral (
      select dump_engine, dump_database from snapshots s where s.host = v.host and s.volume = v.name and s.state = 'good'
        and s.reason = 'backup' and s.original_id is null and s.project is not distinct from v.project
      order by s.taken_at desc, s.id desc limit 1
    ) newest cross join lateral (
      select * from snapshots s where s.host = v.host and s.volume = v.name and s.state = 'good' and s.reason = 'backup'
        and s.original_id is null and s.project is not distinct from v.project
        and s.dump_engine is not distinct from newest.dump_engine and s.dump_database is not distinct from newest.dump_database
      order by s.taken_at desc, s.id desc limit ${compared + 1}
    ) s order by wanted.address, s.taken_at desc, s.id desc`;
  return Map.groupBy(rows, ({ address }) => address);
}
