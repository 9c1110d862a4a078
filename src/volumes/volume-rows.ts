import { Prisma, type Reader } from '../database/client.ts';
import { instant } from '../database/instant.ts';
import type { KnownVolume } from './model.ts';

/** As JSON.parse gives it; but for what is so now, it is what the API shows. */
type ReadVolume = Omit<KnownVolume, 'inUse'>;

const columns = Prisma.sql`
  v.id, v.host, v.name, v.driver, v.scope, v.mountpoint, v.kind, v.options, v.labels, v.class, v.project, v.environment,
  v.origin, v.version, ${instant('v.created_at')} as "createdAt", ${instant('v.last_used_at')} as "lastUsedAt",
  case when v.usage_bytes is not null and v.usage_files is not null and v.usage_measured_at is not null then json_build_object(
    'bytes', v.usage_bytes, 'allocatedBytes', v.usage_allocated_bytes, 'files', v.usage_files, 'inodes', v.usage_inodes,
    'measuredAt', ${instant('v.usage_measured_at')}) end as usage,
  (select count(distinct container_id)::int from mounts where mounts.volume_id = v.id) as containers`;

/**
 * The volumes that all conditions (over `v`) are met by, by host and name, with how many containers have each; the first
 * so many. They come as one JSON text that PostgreSQL writes: rows that are decoded value by value take the most of the
 * time of a page.
 */
export async function readVolumes(
  db: Reader,
  conditions: readonly Prisma.Sql[],
  limit?: number,
): Promise<KnownVolume[]> {
  const [answer] = await db.$queryRaw<{ volumes: string }[]>`/* kept */
    with v as materialized (
      select * from volumes v where ${Prisma.join([...conditions], ' and ')}
      order by host, name ${limit === undefined ? Prisma.empty : Prisma.sql`limit ${limit}`}
    )
    select coalesce(json_agg(known order by known.host, known.name), '[]')::text as volumes
    from (select ${columns} from v) known`;
  // Written by the columns above, from what the inventory and the stores wrote.
  const volumes: ReadVolume[] = JSON.parse(answer?.volumes ?? '[]');
  return volumes.map(withUse);
}

function withUse(volume: ReadVolume): KnownVolume {
  const inUse = volume.containers > 0;
  return { ...volume, inUse, lastUsedAt: inUse ? new Date().toISOString() : volume.lastUsedAt };
}
