import { type Database, Prisma, type Reader } from '../database/client.ts';
import type { HostSpace, RootFileSystem, VolumeFileSystem } from './model.ts';

/** A volume, as far as it matters for how it can be measured. */
export interface MeasurableVolume {
  readonly name: string;
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly mountpoint: string;
  /** Whether a running container has it mounted. */
  readonly isRunning: boolean;
}

export interface MeasuredVolume {
  readonly name: string;
  readonly at: Date;
  readonly bytes: number;
  readonly allocatedBytes: number;
  readonly files: number;
  readonly inodes: number;
  readonly fileSystem: VolumeFileSystem | null;
}

export interface MeasuredContainer {
  readonly id: string;
  readonly writableBytes: number;
  readonly rootBytes: number;
}

const json = (rows: readonly object[]) => Prisma.sql`${JSON.stringify(rows)}::jsonb`;

export function countVolumes(db: Reader, hostName: string): Promise<number> {
  return db.volume.count({ where: { hostName } });
}

/** The next volumes of a host, by name. */
export async function nextVolumes(
  db: Reader,
  host: string,
  after: string | null,
  limit: number,
): Promise<MeasurableVolume[]> {
  return await db.$queryRaw<MeasurableVolume[]>`
    select name, driver, options, mountpoint, exists (
      select from mounts join containers on containers.host = mounts.host and containers.id = mounts.container_id
      where mounts.volume_id = volumes.id and containers.state in ('running', 'paused')
    ) as "isRunning"
    from volumes where host = ${host} and name > ${after ?? ''} order by name limit ${limit}`;
}

/** Writes the sizes of volumes down, as they are now and as samples; gives how many of the volumes are still known. */
export async function saveVolumeSizes(
  db: Database,
  host: string,
  measured: readonly MeasuredVolume[],
): Promise<number> {
  const seen = Prisma.sql`jsonb_to_recordset(${json(measured)}) as seen(
    name text, at timestamptz(3), bytes bigint, "allocatedBytes" bigint, files bigint, inodes bigint, "fileSystem" jsonb)`;
  return await db.$transaction(async (transaction) => {
    await transaction.$executeRaw`
      insert into volume_samples (host, volume, at, bytes, allocated_bytes, files, inodes)
      select ${host}, seen.name, seen.at, seen.bytes, seen."allocatedBytes", seen.files, seen.inodes from ${seen}
      join volumes on volumes.host = ${host} and volumes.name = seen.name
      on conflict do nothing`;
    return await transaction.$executeRaw`
      update volumes set usage_bytes = seen.bytes, usage_allocated_bytes = seen."allocatedBytes", usage_files = seen.files,
        usage_inodes = seen.inodes, usage_measured_at = seen.at, usage_error = null,
        file_system = nullif(seen."fileSystem", 'null'::jsonb)
      from ${seen} where volumes.host = ${host} and volumes.name = seen.name`;
  });
}

/** Writes down why volumes could not be measured; what was measured before stays. */
export async function saveVolumeErrors(
  db: Reader,
  host: string,
  failed: readonly { readonly name: string; readonly reason: string }[],
): Promise<void> {
  await db.$executeRaw`
    update volumes set usage_error = seen.reason from jsonb_to_recordset(${json(failed)}) as seen(name text, reason text)
    where volumes.host = ${host} and volumes.name = seen.name`;
}

export function countContainers(db: Reader, hostName: string): Promise<number> {
  return db.container.count({ where: { hostName } });
}

/** The next containers of a host, by id. */
export async function nextContainers(
  db: Reader,
  hostName: string,
  after: string | null,
  limit: number,
): Promise<{ id: string; name: string }[]> {
  const where = { hostName, ...(after === null ? {} : { id: { gt: after } }) };
  return await db.container.findMany({ where, orderBy: { id: 'asc' }, take: limit, select: { id: true, name: true } });
}

export async function saveContainerSizes(
  db: Database,
  host: string,
  at: Date,
  measured: readonly MeasuredContainer[],
): Promise<void> {
  const seen = Prisma.sql`jsonb_to_recordset(${json(measured)}) as seen(id text, "writableBytes" bigint, "rootBytes" bigint)`;
  await db.$transaction([
    db.$executeRaw`
      update containers set writable_bytes = seen."writableBytes", root_bytes = seen."rootBytes", size_measured_at = ${at}
      from ${seen} where containers.host = ${host} and containers.id = seen.id`,
    db.$executeRaw`
      insert into container_samples (host, container_id, at, writable_bytes)
      select ${host}, seen.id, ${at}, seen."writableBytes" from ${seen} on conflict do nothing`,
  ]);
}

export async function saveStorage(db: Reader, name: string, storage: RootFileSystem, at: Date): Promise<void> {
  await db.host.updateMany({ where: { name }, data: { storage, storageMeasuredAt: at } });
}

/** Adds up volumes and containers as they are known now, and writes the sample of the host down. */
export async function saveHostSample(
  db: Reader,
  host: string,
  at: Date,
  { images, buildCache, root }: Pick<HostSpace, 'images' | 'buildCache' | 'root'>,
): Promise<void> {
  // Sparse files may claim more than can be counted exactly.
  const most = Prisma.raw(String(Number.MAX_SAFE_INTEGER));
  const rest = JSON.stringify({ images, buildCache, root });
  await db.$executeRaw`
    insert into host_samples (host, at, space)
    select ${host}, ${at}, ${rest}::jsonb || jsonb_build_object('volumes', volumes.space, 'containers', containers.space)
    from (
      select jsonb_build_object('count', count(*), 'active', count(*) filter (where is_used), 'bytes', least(coalesce(sum(usage_bytes), 0), ${most}),
        'reclaimableBytes', least(coalesce(sum(usage_bytes) filter (where not is_used), 0), ${most})) as space
      from (
        select usage_bytes, exists (select from mounts where mounts.volume_id = volumes.id) as is_used
        from volumes where host = ${host} and driver = 'local' and options = '{}'::jsonb
      ) of_host
    ) volumes, (
      select jsonb_build_object('count', count(*), 'active', count(*) filter (where is_active), 'bytes', coalesce(sum(writable_bytes), 0),
        'reclaimableBytes', coalesce(sum(writable_bytes) filter (where not is_active), 0)) as space
      from (
        select writable_bytes, state in ('running', 'paused', 'restarting') as is_active from containers where host = ${host}
      ) of_host
    ) containers
    on conflict do nothing`;
}

/** Measurements older than this go, of whatever host. */
export async function forgetOldSamples(db: Reader, days: number): Promise<void> {
  const at = { lt: new Date(Date.now() - days * 86_400_000) };
  await db.volumeSample.deleteMany({ where: { at } });
  await db.containerSample.deleteMany({ where: { at } });
  await db.hostSample.deleteMany({ where: { at } });
}
