import { type Database, Prisma, type Reader } from '../database/client.ts';
import { keysByHost } from '../hosts/read.ts';
import { decodeCursor, type Keyset, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { type VolumeSight, volumesWithin } from '../shares/shared-with.ts';
import type { DataClass, KnownVolume, VolumeKind, VolumeUsage } from './model.ts';
import { matching, type VolumeFilter } from './volume-filter.ts';

type Row = Prisma.VolumeGetPayload<object>;
/** What a list needs not: each column costs time in each row. */
const omit = {
  assignedProject: true,
  assignedEnvironment: true,
  assignedClass: true,
  fileSystem: true,
  usageError: true,
} as const satisfies Prisma.VolumeOmit;
type ListedRow = Prisma.VolumeGetPayload<{ omit: typeof omit }>;

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
    omit,
    take: limit + 1,
  });
  return toPage(await withContainers(db, rows), limit, keyOf, (volume) => volume);
}

export async function findVolume(db: Reader, host: string, name: string): Promise<KnownVolume | null> {
  const row = await db.volume.findUnique({ where: { hostName_name: { hostName: host, name } } });
  if (row === null) return null;
  const [volume] = await withContainers(db, [row]);
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
  const rows = await db.volume.findMany({ where: { AND: [volumesWithin(sight), { OR: onHosts }] }, omit });
  return await withContainers(db, rows);
}

/** The first `each` volumes of each host that the caller may see. */
export async function firstVolumesOfHosts(
  db: Reader,
  sight: VolumeSight,
  hosts: readonly string[],
  each: number,
): Promise<({ readonly host: string } & Page<KnownVolume>)[]> {
  const { scope, shared } = sight;
  const visible =
    scope === 'all'
      ? Prisma.empty
      : Prisma.sql`and (project = any(${[...scope]}::text[]) or id = any(${shared.map(({ id }) => id)}::uuid[]))`;
  const ids = await db.$queryRaw<{ id: string }[]>`
    select volume.id from unnest(${[...hosts]}::text[]) as wanted(host)
    cross join lateral (select id from volumes where volumes.host = wanted.host ${visible} order by name limit ${each + 1}) volume`;
  const rows = await db.volume.findMany({
    where: { id: { in: ids.map(({ id }) => id) } },
    orderBy: [...orderBy],
    omit,
  });
  const volumes = Map.groupBy(await withContainers(db, rows), ({ host }) => host);
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

/** One more statement for any number of volumes. */
async function withContainers(db: Reader, rows: readonly ListedRow[]): Promise<KnownVolume[]> {
  const ids = rows.map(({ id }) => id);
  const counts = await db.$queryRaw<{ id: string; containers: number }[]>`
    select volume_id as id, count(distinct container_id)::int as containers from mounts where volume_id = any(${ids}::uuid[]) group by volume_id`;
  const byId = new Map(counts.map(({ id, containers }) => [id, containers]));
  return rows.map((row) => toVolume(row, byId.get(row.id) ?? 0));
}

function following(cursor: string): Prisma.VolumeWhereInput {
  const [hostName = '', name = ''] = decodeCursor(cursor, 2);
  return { OR: [{ hostName: { gt: hostName } }, { hostName, name: { gt: name } }] };
}

function toVolume(row: ListedRow, containers: number): KnownVolume {
  const lastUsed = containers > 0 ? new Date() : row.lastUsedAt;
  return {
    id: row.id,
    host: row.hostName,
    name: row.name,
    driver: row.driver,
    scope: row.scope,
    mountpoint: row.mountpoint,
    // The columns hold only what the inventory and this store wrote, of these very types.
    kind: row.kind as VolumeKind,
    options: row.options as Record<string, string>,
    labels: row.labels as Record<string, string>,
    class: row.class as DataClass | null,
    project: row.project,
    environment: row.environment,
    createdAt: row.createdAt?.toISOString() ?? null,
    lastUsedAt: lastUsed?.toISOString() ?? null,
    inUse: containers > 0,
    containers,
    usage: toUsage(row),
    origin: row.origin as KnownVolume['origin'],
    version: row.version,
  };
}

function toUsage({
  usageBytes,
  usageAllocatedBytes,
  usageFiles,
  usageInodes,
  usageMeasuredAt,
}: ListedRow): VolumeUsage | null {
  if (usageBytes === null || usageFiles === null || usageMeasuredAt === null) return null;
  return {
    bytes: Number(usageBytes),
    allocatedBytes: usageAllocatedBytes === null ? null : Number(usageAllocatedBytes),
    files: Number(usageFiles),
    inodes: usageInodes === null ? null : Number(usageInodes),
    measuredAt: usageMeasuredAt.toISOString(),
  };
}
