import { type Database, Prisma, type Reader } from '../database/client.ts';
import { keysByHost } from '../hosts/read.ts';
import { type Keyset, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { seenVolumes, type VolumeSight } from '../shares/shared-with.ts';
import type { KnownVolume } from './model.ts';
import { following, matching, type VolumeFilter } from './volume-filter.ts';
import { readVolumes } from './volume-rows.ts';

type Row = Prisma.VolumeGetPayload<object>;
const keyOf = ({ host, name }: KnownVolume): Keyset => [host, name];

/** Volumes of all hosts that the caller may see, by host and name. */
export async function listVolumes(
  db: Reader,
  sight: VolumeSight,
  filter: VolumeFilter,
  limit: number,
  cursor?: string,
): Promise<Page<KnownVolume>> {
  const conditions = [seenVolumes(sight), ...matching(filter), ...following(cursor)];
  return toPage(await readVolumes(db, conditions, limit + 1), limit, keyOf, (volume) => volume);
}

export async function findVolume(db: Reader, host: string, name: string): Promise<KnownVolume | null> {
  const [volume] = await readVolumes(db, [Prisma.sql`v.host = ${host} and v.name = ${name}`]);
  return volume ?? null;
}

/** The project of a volume, or null when there is no such volume. With one statement, whether it is there or not: who may not see it must not tell the two apart by the time that it takes. */
export function projectOfVolume(db: Reader, host: string, name: string): Promise<{ project: string | null } | null> {
  return db.volume.findUnique({ where: { hostName_name: { hostName: host, name } }, select: { project: true } });
}

/** The volumes of these addresses (`host/name`) that the caller may see, in any order. */
export async function volumesByAddress(
  db: Reader,
  sight: VolumeSight,
  addresses: readonly string[],
): Promise<KnownVolume[]> {
  const named = keysByHost(addresses).map(
    ({ hostName, keys }) => Prisma.sql`(v.host = ${hostName} and v.name = any(${keys}::text[]))`,
  );
  if (named.length === 0) return [];
  return await readVolumes(db, [seenVolumes(sight), Prisma.sql`(${Prisma.join(named, ' or ')})`]);
}

/** The first `each` volumes of each host that the caller may see. */
export async function firstVolumesOfHosts(
  db: Reader,
  sight: VolumeSight,
  hosts: readonly string[],
  each: number,
): Promise<({ readonly host: string } & Page<KnownVolume>)[]> {
  const first = Prisma.sql`v.id in (
    select volume.id from unnest(${[...hosts]}::text[]) as wanted(host)
    cross join lateral (
      select v.id from volumes v where v.host = wanted.host and ${seenVolumes(sight)} order by v.name limit ${each + 1}
    ) volume)`;
  const volumes = Map.groupBy(await readVolumes(db, [first]), ({ host }) => host);
  return hosts.map((host) => ({ host, ...toPage(volumes.get(host) ?? [], each, keyOf, (volume) => volume) }));
}

/** The row itself, with what was assigned to the volume. */
export async function findVolumeRow(db: Reader, host: string, name: string): Promise<Row | null> {
  return await db.volume.findUnique({ where: { hostName_name: { hostName: host, name } } });
}

export type NewAttributes = Pick<
  Row,
  'assignedProject' | 'assignedEnvironment' | 'assignedClass' | 'project' | 'environment' | 'class'
>;

/** Writes what is assigned to a volume, unless it has changed since it was read; then gives false. Its mounts follow its project. */
export async function assignAttributes(db: Database, { id, version }: Row, data: NewAttributes): Promise<boolean> {
  return await db.$transaction(async (transaction) => {
    const { count } = await transaction.volume.updateMany({
      where: { id, version },
      data: { ...data, version: { increment: 1 } },
    });
    if (count === 1) await transaction.mount.updateMany({ where: { volumeId: id }, data: { project: data.project } });
    return count === 1;
  });
}
