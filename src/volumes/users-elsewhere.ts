import type { Ports } from '../context.ts';
import type { EngineContainer, EngineVolume } from '../engine/engine-objects.ts';
import { isFailure } from '../errors.ts';
import { sharedVolumes } from './known-volumes.ts';
import { backendOf } from './shared-backend.ts';
import { type View, volumeUsers } from './volume-users.ts';

/**
 * Why volumes of a host may be in use on another one that shares their data, by name of the volume. The inventory says
 * which hosts do; whether a container of theirs has it, their engines are asked. One that cannot be asked is a reason.
 */
export async function usersElsewhere(
  ports: Pick<Ports, 'db' | 'engines'>,
  host: string,
  volumes: readonly EngineVolume[],
  view: View,
): Promise<Map<string, string[]>> {
  const shared = volumes.flatMap((volume) => {
    const backend = backendOf(volume);
    return backend === null ? [] : [{ name: volume.name, backend }];
  });
  if (shared.length === 0) return new Map();
  const backends = new Set(shared.map(({ backend }) => backend));
  const reasons = new Map<string, string[]>();
  for (const [other, ofHost] of Map.groupBy(await sharedVolumes(ports.db, host), (volume) => volume.host)) {
    const twins = ofHost.filter((volume) => backends.has(backendOf(volume) ?? ''));
    const containers = twins.length === 0 ? [] : await containersOf(ports, other);
    for (const twin of twins) {
      const found = reasonsOf(twin, containers, view);
      const backend = backendOf(twin) ?? '';
      reasons.set(backend, [...(reasons.get(backend) ?? []), ...found]);
    }
  }
  return new Map(shared.map(({ name, backend }) => [name, reasons.get(backend) ?? []]));
}

type SharedVolume = Awaited<ReturnType<typeof sharedVolumes>>[number];

function reasonsOf(
  { host, name, driver, users }: SharedVolume,
  containers: readonly EngineContainer[] | null,
  view: View,
): string[] {
  const subject = `the same data, as volume "${name}" of host "${host}"`;
  const live = containers === null ? [] : volumeUsers(containers, view)({ name, driver, mountpoint: '' });
  if (live.length > 0) return [`Containers use ${subject}: ${live.join(', ')}.`];
  if (containers !== null) return [];
  const known = users.map((user) =>
    view.project === null || user.project === view.project ? user.name : 'a container of another project',
  );
  return known.length > 0
    ? [`Containers use ${subject}: ${known.join(', ')}.`]
    : [`Host "${host}" cannot be asked whether a container uses ${subject}.`];
}

/** Null when the engine cannot be asked. */
async function containersOf({ engines }: Pick<Ports, 'engines'>, host: string): Promise<EngineContainer[] | null> {
  if (!engines.names().includes(host)) return null;
  try {
    return await engines.get(host).listContainers();
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}
