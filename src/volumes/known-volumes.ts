import type { Reader } from '../database/client.ts';
import { withParent } from '../database/with-parent.ts';

/** What is known of a volume besides what its engine says. */
export interface KnownVolume {
  readonly project: string | null;
  /** Bytes when it was measured last; null when it never was. */
  readonly bytes: number | null;
  /** When a container had it last, as far as it was watched. */
  readonly lastUsedAt: Date | null;
  readonly firstSeenAt: Date;
}

/** What is known of these volumes of a host, by name. */
export async function knownVolumes(
  db: Reader,
  host: string,
  names: readonly string[],
): Promise<Map<string, KnownVolume>> {
  const rows = await db.volume.findMany({
    where: { hostName: host, name: { in: [...names] } },
    select: { name: true, project: true, usageBytes: true, lastUsedAt: true, firstSeenAt: true },
  });
  const events = await db.volumeEvent.groupBy({
    by: ['volumeName'],
    where: { hostName: host, volumeName: { in: [...names] }, action: { in: ['mounted', 'unmounted'] } },
    _max: { at: true },
  });
  const lastEvents = new Map(events.map(({ volumeName, _max }) => [volumeName, _max.at]));
  return new Map(
    rows.map(({ name, project, usageBytes, lastUsedAt, firstSeenAt }) => {
      const bytes = usageBytes === null ? null : Number(usageBytes);
      return [name, { project, bytes, lastUsedAt: latest(lastUsedAt, lastEvents.get(name) ?? null), firstSeenAt }];
    }),
  );
}

/** A volume of another host whose data other hosts may have as well. */
export interface SharedVolume {
  readonly host: string;
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly options: Readonly<Record<string, string>>;
  /** Containers that have it, by the inventory. */
  readonly users: readonly { readonly name: string; readonly project: string | null }[];
}

/** The volumes of all hosts but one that lie in a cluster or on the network, as the inventory has them. */
export async function sharedVolumes(db: Reader, exceptHost: string): Promise<SharedVolume[]> {
  const rows = await db.volume.findMany({
    where: {
      hostName: { not: exceptHost },
      OR: [
        { driver: { not: 'local' }, scope: 'global' },
        { driver: 'local', options: { path: ['type'], string_contains: '' } },
      ],
    },
    include: { mounts: { select: { container: { select: { name: true, project: true } } } } },
  });
  return rows.map(({ hostName, name, driver, scope, options, mounts }) => ({
    host: hostName,
    name,
    driver,
    scope,
    // Written by the inventory, as Docker says them.
    options: options as Record<string, string>,
    users: withParent(mounts, 'container').map(({ container }) => container),
  }));
}

function latest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
