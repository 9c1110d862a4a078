import { type Database, Prisma, type Reader } from '../database/client.ts';
import { keysByHost } from '../hosts/read.ts';
import { decodeCursor, type Keyset, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { seenVolumes, type VolumeSight, volumesWithin } from '../shares/shared-with.ts';
import type { KnownVolume } from './model.ts';
import { matching, type VolumeFilter } from './volume-filter.ts';
import { readVolumes, volumesById } from './volume-rows.ts';

type Row = Prisma.VolumeGetPayload<object>;
const orderBy = [{ hostName: 'asc' }, { name: 'asc' }] as const satisfies Prisma.VolumeOrderByWithRelationInput[];
const keyOf = ({ host, name }: KnownVolume): Keyset => [host, name];

/** Volumes of all hosts that the caller may see, by host and name. */
export async function listVolumes(
  db: Reader,
  sight: VolumeSight,
  filter: VolumeFilter,
  limit: number,
  cursor?: string,
): Promise<Page<KnownVolume>> {
  const after = cursor === undefined ? {} : following(cursor);
  const rows = await db.volume.findMany({
    where: { AND: [volumesWithin(sight), matching(filter), after] },
    orderBy: [...orderBy],
    select: { id: true, hostName: true, name: true },
    take: limit + 1,
  });
  const { items, nextCursor } = toPage(
    rows,
    limit,
    ({ hostName, name }) => [hostName, name],
    ({ id }) => id,
  );
  return { items: await volumesById(db, sight, items), nextCursor };
}

export async function findVolume(db: Reader, host: string, name: string): Promise<KnownVolume | null> {
  const [volume] = await readVolumes(db, Prisma.sql`host = ${host} and name = ${name}`);
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
  const onHosts = keysByHost(addresses).map(({ hostName, keys }) => ({ hostName, name: { in: keys } }));
  const rows = await db.volume.findMany({
    where: { AND: [volumesWithin(sight), { OR: onHosts }] },
    select: { id: true },
  });
  return await volumesById(
    db,
    sight,
    rows.map(({ id }) => id),
  );
}

/** The first `each` volumes of each host that the caller may see. */
export async function firstVolumesOfHosts(
  db: Reader,
  sight: VolumeSight,
  hosts: readonly string[],
  each: number,
): Promise<({ readonly host: string } & Page<KnownVolume>)[]> {
  const ids = await db.$queryRaw<{ id: string }[]>`
    select volume.id from unnest(${[...hosts]}::text[]) as wanted(host)
    cross join lateral (select id from volumes where volumes.host = wanted.host and ${seenVolumes(sight)} order by name limit ${each + 1}) volume`;
  const known = await volumesById(
    db,
    sight,
    ids.map(({ id }) => id),
  );
  const volumes = Map.groupBy(known, ({ host }) => host);
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

function following(cursor: string): Prisma.VolumeWhereInput {
  const [hostName = '', name = ''] = decodeCursor(cursor, 2);
  return { OR: [{ hostName: { gt: hostName } }, { hostName, name: { gt: name } }] };
}
