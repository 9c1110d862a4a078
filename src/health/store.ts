import { type Database, Prisma, type Reader } from '../database/client.ts';
import { withParent } from '../database/with-parent.ts';
import type { HealthPermissions, HealthReading } from './model.ts';

/** A volume that a running container has. */
export interface HealthMount {
  readonly volumeId: string;
  readonly container: { readonly id: string; readonly name: string };
  readonly target: string;
}

/** The mounts of running containers that are of these volumes. */
export async function runningMounts(db: Reader, volumeIds: readonly string[]): Promise<HealthMount[]> {
  const rows = await db.mount.findMany({
    where: { volumeId: { in: [...volumeIds] }, container: { state: 'running' } },
    select: { volumeId: true, target: true, container: { select: { id: true, name: true } } },
    orderBy: [{ containerId: 'asc' }, { target: 'asc' }],
  });
  return withParent(rows, 'container').flatMap(({ volumeId, ...row }) =>
    volumeId === null ? [] : [{ ...row, volumeId }],
  );
}

/** Every mount of a volume, in whatever state its container is. */
export async function mountsOf(db: Reader, volumeId: string) {
  const rows = await db.mount.findMany({
    where: { volumeId },
    select: {
      target: true,
      readOnly: true,
      container: { select: { id: true, name: true, state: true, project: true } },
    },
    orderBy: [{ containerId: 'asc' }, { target: 'asc' }],
  });
  return withParent(rows, 'container');
}

/** Volumes of a host that several running containers have, or that are shared. */
export async function volumesInCommon(db: Database, host: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select volumes.id::text as id from volumes where host = ${host} and (
      exists (select from shares where shares.host = volumes.host and shares.volume = volumes.name)
      or (select count(distinct mounts.container_id) from mounts join containers on containers.host = mounts.host and containers.id = mounts.container_id
        where mounts.volume_id = volumes.id and containers.state = 'running') > 1)
    order by volumes.name limit 1000`;
  return rows.map(({ id }) => id);
}

/** A volume that is gone meanwhile is passed over. */
export async function saveReadings(
  db: Database,
  readings: readonly (readonly [string, HealthReading])[],
  checkedAt: Date,
): Promise<void> {
  const rows = JSON.stringify(readings.map(([id, reading]) => ({ id, reading })));
  await db.$executeRaw`
    insert into volume_health (volume_id, reading, checked_at)
    select seen.id, seen.reading, ${checkedAt} from jsonb_to_recordset(${rows}::jsonb) as seen(id uuid, reading jsonb)
    join volumes on volumes.id = seen.id
    on conflict (volume_id) do update set reading = excluded.reading, checked_at = excluded.checked_at
    where volume_health.checked_at < excluded.checked_at`;
}

/** What was seen of the volumes of a host (of these, or of all) since then, by name. */
export async function readingsSince(
  db: Reader,
  hostName: string,
  since: Date,
  volumes?: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const named = volumes === undefined ? {} : { name: { in: [...volumes] } };
  const rows = await db.volumeHealth.findMany({
    where: { checkedAt: { gte: since }, volume: { hostName, ...named } },
    select: { reading: true, volume: { select: { name: true } } },
  });
  return new Map(withParent(rows, 'volume').map(({ reading, volume }) => [volume.name, reading]));
}

/** Forgets what was seen before that time of the volumes of a host that are none of these (ids). How many it were. */
export async function forgetOtherReadings(
  db: Reader,
  hostName: string,
  kept: readonly string[],
  before: Date,
): Promise<number> {
  const { count } = await db.volumeHealth.deleteMany({
    where: { checkedAt: { lt: before }, volume: { hostName, id: { notIn: [...kept] } } },
  });
  return count;
}

export async function findReading(db: Reader, volumeId: string) {
  return await db.volumeHealth.findUnique({ where: { volumeId } });
}

/** What a check says of a container, as far as it matters here. */
interface CheckedConsumer {
  readonly containerId: string | null;
  readonly access: {
    readonly container: string | null;
    readonly readOnly: boolean;
    readonly access: readonly {
      readonly action: string;
      readonly denied: number;
      readonly causes: readonly { readonly cause: string; readonly sentence: string }[];
    }[];
  };
}

/** What the newest permission check of a volume found denied. */
export async function newestCheck(db: Reader, host: string, volume: string): Promise<HealthPermissions | null> {
  return (await newestChecks(db, host, [volume])).get(volume) ?? null;
}

/**
 * What the newest permission check of each volume (of these, or of all) found denied, by name: to containers that still
 * have it, and of what a read-only mount does not deny on purpose. A check from before a repair says nothing any more.
 */
export async function newestChecks(
  db: Reader,
  host: string,
  volumes?: readonly string[],
): Promise<ReadonlyMap<string, HealthPermissions>> {
  const among = volumes === undefined ? Prisma.empty : Prisma.sql`and c.volume = any(${[...volumes]}::text[])`;
  const rows = await db.$queryRaw<{ id: string; volume: string; consumers: CheckedConsumer[]; checkedAt: Date }[]>`
    select newest.id::text as id, newest.volume, newest.checked_at as "checkedAt",
      (select coalesce(json_agg(consumer), '[]') from jsonb_array_elements(newest.consumers) consumer
        where exists (select from mounts where mounts.host = ${host} and mounts.volume_name = newest.volume
          and mounts.container_id = consumer->>'containerId')) as consumers
    from (
      select distinct on (c.volume) c.* from permission_checks c where c.host = ${host} ${among}
      order by c.volume, c.checked_at desc, c.id desc
    ) newest
    where not exists (select from jobs where jobs.host = ${host} and jobs.volume = newest.volume
      and jobs.kind in ('permission_repair', 'permission_undo') and jobs.finished_at > newest.checked_at)`;
  return new Map(
    rows.map(({ id, volume, consumers, checkedAt }) => [
      volume,
      { check: id, checkedAt: checkedAt.toISOString(), denied: consumers.flatMap(deniedTo) },
    ]),
  );
}

function deniedTo({ access: { container, readOnly, access } }: CheckedConsumer): HealthPermissions['denied'] {
  return access
    .filter(({ action, denied }) => denied > 0 && (!readOnly || ['list', 'read'].includes(action)))
    .map(({ action, denied, causes }) => ({
      container: container ?? '',
      action,
      entries: denied,
      sentence: causes[0]?.sentence ?? '',
    }));
}
