import type { Database, Reader } from '../database/client.ts';
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
  return rows.flatMap(({ volumeId, ...row }) => (volumeId === null ? [] : [{ ...row, volumeId }]));
}

/** Every mount of a volume, in whatever state its container is. */
export async function mountsOf(db: Reader, volumeId: string) {
  return await db.mount.findMany({
    where: { volumeId },
    select: {
      target: true,
      readOnly: true,
      container: { select: { id: true, name: true, state: true, project: true } },
    },
    orderBy: [{ containerId: 'asc' }, { target: 'asc' }],
  });
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

export async function findReading(db: Reader, volumeId: string) {
  return await db.volumeHealth.findUnique({ where: { volumeId } });
}

/** What a check says of a container, as far as it matters here. */
interface CheckedConsumer {
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

/** What the newest permission check of a volume found denied; what a read-only mount denies is meant so. */
export async function newestCheck(db: Reader, host: string, volume: string): Promise<HealthPermissions | null> {
  const row = await db.permissionCheck.findFirst({
    where: { hostName: host, volumeName: volume },
    orderBy: [{ checkedAt: 'desc' }, { id: 'desc' }],
  });
  if (row === null) return null;
  // Written by the permission checks, of this very type.
  const consumers = row.consumers as unknown as readonly CheckedConsumer[];
  const denied = consumers.flatMap(({ access: { container, readOnly, access } }) =>
    access
      .filter(
        (count) => container !== null && count.denied > 0 && (!readOnly || ['list', 'read'].includes(count.action)),
      )
      .map(({ action, denied: entries, causes }) => ({
        container: container ?? '',
        action,
        entries,
        sentence: causes[0]?.sentence ?? '',
      })),
  );
  return { check: row.id, checkedAt: row.checkedAt.toISOString(), denied };
}
