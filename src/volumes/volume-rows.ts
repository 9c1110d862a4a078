import { Prisma, type Reader } from '../database/client.ts';
import { instant } from '../database/instant.ts';
import { seenVolumes, type VolumeSight } from '../shares/shared-with.ts';
import type { KnownVolume } from './model.ts';

/** As JSON.parse gives it; but for what is so now, it is what the API shows. */
type ReadVolume = Omit<KnownVolume, 'inUse'>;

const columns = Prisma.sql`
  id, host, name, driver, scope, mountpoint, kind, options, labels, class, project, environment, origin, version,
  ${instant('created_at')} as "createdAt", ${instant('last_used_at')} as "lastUsedAt",
  case when usage_bytes is not null and usage_files is not null and usage_measured_at is not null then json_build_object(
    'bytes', usage_bytes, 'allocatedBytes', usage_allocated_bytes, 'files', usage_files, 'inodes', usage_inodes,
    'measuredAt', ${instant('usage_measured_at')}) end as usage,
  (select count(distinct container_id)::int from mounts where mounts.volume_id = volumes.id) as containers`;

/**
 * The volumes that a condition is met by, by host and name, with how many containers have each. They come as one JSON text
 * that PostgreSQL writes: rows that are decoded value by value take the most of the time of a page.
 */
export async function readVolumes(db: Reader, condition: Prisma.Sql): Promise<KnownVolume[]> {
  const [answer] = await db.$queryRaw<{ volumes: string }[]>`
    select coalesce(json_agg(known order by known.host, known.name), '[]')::text as volumes
    from (select ${columns} from volumes where ${condition}) known`;
  // Written by the columns above, from what the inventory and the stores wrote.
  const volumes: ReadVolume[] = JSON.parse(answer?.volumes ?? '[]');
  return volumes.map(withUse);
}

/** As {@link readVolumes}, of these ids, as far as they can be seen now. */
export function volumesById(db: Reader, sight: VolumeSight, ids: readonly string[]): Promise<KnownVolume[]> {
  return readVolumes(db, Prisma.sql`id = any(${[...ids]}::uuid[]) and ${seenVolumes(sight)}`);
}

function withUse(volume: ReadVolume): KnownVolume {
  const inUse = volume.containers > 0;
  return { ...volume, inUse, lastUsedAt: inUse ? new Date().toISOString() : volume.lastUsedAt };
}
