import type { ProjectScope } from '../access/roles.ts';
import { Prisma, type Reader } from '../database/client.ts';
import type { EngineActivity } from '../engine/engine-objects.ts';
import type { Counters, Reading } from './rates.ts';

/** A reading of a container. */
export interface ContainerReading extends EngineActivity {
  readonly id: string;
  readonly at: Date;
}

/** Ids of the running containers of a host that have something mounted, in order. */
export async function containersToRead(db: Reader, host: string): Promise<string[]> {
  const rows = await db.container.findMany({
    where: { hostName: host, state: 'running', mounts: { some: {} } },
    select: { id: true },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ id }) => id);
}

export async function addReadings(db: Reader, host: string, readings: readonly ContainerReading[]): Promise<void> {
  if (readings.length === 0) return;
  await db.containerActivity.createMany({
    data: readings.map(({ id, at, memoryBytes, blockDevices }) => ({
      hostName: host,
      containerId: id,
      at,
      memoryBytes,
      ...blockDevices,
    })),
    skipDuplicates: true,
  });
}

/**
 * Readings older than a day are thinned to the last of each hour, which loses nothing of counters that only grow; those older
 * than `days` are deleted. Two statements.
 */
export async function forgetReadings(db: Reader, host: string, days: number): Promise<void> {
  await db.$executeRaw`delete from container_activity where host = ${host} and at < now() - make_interval(days => ${days}::int)`;
  await db.$executeRaw`
    delete from container_activity old where old.host = ${host} and old.at < now() - interval '1 day'
      and exists (select from container_activity later where later.host = old.host and later.container_id = old.container_id
        and later.at > old.at and later.at < date_trunc('hour', old.at) + interval '1 hour')`;
}

/** A mount of a volume in a container that the caller may see. */
export interface VolumeUser {
  readonly host: string;
  readonly volume: string;
  readonly id: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly otherMounts: number;
}

/** The containers that have these volumes (`host` with names) mounted, each once a volume, as far as the caller may see them. */
export async function usersOf(
  db: Reader,
  scope: ProjectScope,
  volumes: readonly { hostName: string; keys: string[] }[],
): Promise<VolumeUser[]> {
  if (volumes.length === 0) return [];
  const wanted = volumes.map(
    ({ hostName, keys }) => Prisma.sql`(mount.host = ${hostName} and mount.volume_name = any(${keys}::text[]))`,
  );
  const visible = scope === 'all' ? Prisma.empty : Prisma.sql`and container.project = any(${[...scope]}::text[])`;
  return await db.$queryRaw<VolumeUser[]>`
    select mount.host, mount.volume_name as volume, container.id, container.name, bool_and(mount.read_only) as "readOnly",
      (select count(*)::int from mounts other where other.host = container.host and other.container_id = container.id
        and other.type <> 'tmpfs' and other.volume_name is distinct from mount.volume_name) as "otherMounts"
    from mounts mount join containers container on container.host = mount.host and container.id = mount.container_id
    where (${Prisma.join(wanted, ' or ')}) ${visible}
    group by mount.host, mount.volume_name, container.host, container.id, container.name order by container.name, container.id`;
}

/** A time, cut into slots of equal length. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
  readonly slots: number;
}

/**
 * The first reading of each container in a window, the last one of each slot, and the last one before its counters went back, in
 * the order of time; by `host/id`.
 */
export async function readingsOf(
  db: Reader,
  users: readonly Pick<VolumeUser, 'host' | 'id'>[],
  { from, to, slots }: Window,
): Promise<Map<string, Reading[]>> {
  const width = (to.getTime() - from.getTime()) / 1000 / slots;
  const rows = await db.$queryRaw<RawReading[]>`
    with wanted as (
      select distinct * from unnest(${users.map(({ host }) => host)}::text[], ${users.map(({ id }) => id)}::text[]) as wanted(host, id)),
    readings as (
      select activity.*, floor(extract(epoch from activity.at - ${from}::timestamptz) / ${width}::float8) as slot,
        row_number() over w as number, (coalesce(lead(read_bytes) over w, 0) < read_bytes
          or coalesce(lead(written_bytes) over w, 0) < written_bytes) as is_peak
      from wanted join container_activity activity on activity.host = wanted.host and activity.container_id = wanted.id
      where activity.at >= ${from} and activity.at <= ${to}
      window w as (partition by activity.host, activity.container_id order by activity.at)),
    counted as (select *, row_number() over (partition by host, container_id, slot order by at desc) as from_end from readings)
    select host, container_id as id, at, read_bytes as "readBytes", written_bytes as "writtenBytes",
      read_operations as "readOperations", write_operations as "writeOperations", memory_bytes as "memoryBytes"
    from counted where number = 1 or from_end = 1 or is_peak order by host, container_id, at`;
  return new Map(
    [...Map.groupBy(rows, ({ host, id }) => `${host}/${id}`)].map(([key, some]) => [key, some.map(toReading)]),
  );
}

type RawReading = Record<keyof Counters, bigint | null> & {
  readonly host: string;
  readonly id: string;
  readonly at: Date;
  readonly memoryBytes: bigint;
};

function toReading({ at, memoryBytes, ...row }: RawReading): Reading {
  const { readBytes, writtenBytes, readOperations, writeOperations } = row;
  const isCounted = readBytes !== null;
  const counters = {
    readBytes: Number(readBytes),
    writtenBytes: Number(writtenBytes),
    readOperations: Number(readOperations),
    writeOperations: Number(writeOperations),
  };
  return { at, counters: isCounted ? counters : null, memoryBytes: Number(memoryBytes) };
}
