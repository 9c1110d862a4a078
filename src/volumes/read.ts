import type { Engine } from '../engine/engine.ts';
import type { EngineContainer, EngineMount } from '../engine/engine-objects.ts';
import { isHelper } from '../engine/helper.ts';
import { fail } from '../errors.ts';
import { refreshVolume } from '../hosts/read.ts';
import type { Target } from '../operation.ts';
import { isSharedWith } from '../shares/shared-with.ts';
import { knownVolumes } from './known-volumes.ts';
import { requireVolumeName } from './naming.ts';
import { requireFittingName } from './naming-styles.ts';
import { restoredByLabel } from './new-labels.ts';
import { findVolume, projectOfVolume } from './store.ts';
import { isWithin } from './volume-users.ts';

export { namingIssues } from './naming-styles.ts';
export { isMountedFromElsewhere } from './shared-backend.ts';
export { usersElsewhere } from './users-elsewhere.ts';
export { following, matching, type VolumeFilter } from './volume-filter.ts';
export { volumeUsers } from './volume-users.ts';
export {
  findVolume,
  knownVolumes,
  projectOfVolume,
  refreshVolume,
  requireFittingName,
  requireVolumeName,
  restoredByLabel,
};

/** Operations on a volume ask for a grant on its project. */
export const volumeTarget: Target<{ host: string; name: string }> = {
  find: ({ ports }, { host, name }) => projectOfVolume(ports.db, host, name),
  absent: ({ host, name }) => fail('volume_not_found', `There is no volume "${name}" on host "${host}".`),
  isShown: ({ ports, actor }, { host, name }) => isSharedWith(ports.db, actor, host, name),
};

/** For what a rule of a share lets its consumers do as well: to read the volume and what is known of it. */
export const sharedVolumeTarget: Target<{ host: string; name: string }> = { ...volumeTarget, showingSuffices: true };

/** The containers that have any of these volumes mounted, running or not, as the engine says now; helpers do not count. */
export function containersMounting(engine: Engine, volumes: ReadonlySet<string>): Promise<EngineContainer[]> {
  return containersWith(engine, ({ volume }) => volume !== null && volumes.has(volume));
}

/**
 * The containers that can write to any of these volumes, in any state, as the engine says now: those that have one mounted for
 * writing, and those that have a folder of one bound past Docker's own counting.
 */
export async function containersWriting(engine: Engine, volumes: ReadonlySet<string>): Promise<EngineContainer[]> {
  const isOf = await leadingInto(engine, volumes);
  return await containersWith(engine, (mount) => !mount.readOnly && isOf(mount));
}

/** Those that mount any of these volumes, be it to read, and those that write past Docker's own counting. */
export async function containersAbout(engine: Engine, volumes: ReadonlySet<string>): Promise<EngineContainer[]> {
  const isOf = await leadingInto(engine, volumes);
  return await containersWith(engine, (mount) => (mount.volume !== null || !mount.readOnly) && isOf(mount));
}

async function leadingInto(engine: Engine, volumes: ReadonlySet<string>): Promise<(mount: EngineMount) => boolean> {
  const found = await Promise.all([...volumes].map((name) => engine.findVolume(name)));
  const folders = found.filter((volume) => volume !== null);
  return ({ volume, type, source }) =>
    volume === null
      ? type === 'bind' && folders.some(({ driver, mountpoint }) => isWithin(source, driver, mountpoint))
      : volumes.has(volume);
}

async function containersWith(engine: Engine, counts: (mount: EngineMount) => boolean): Promise<EngineContainer[]> {
  const containers = await engine.listContainers();
  return containers.filter(({ labels, mounts }) => !isHelper(labels) && mounts.some(counts));
}
