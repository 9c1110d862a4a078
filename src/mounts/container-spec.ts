import type { ContainerFacts } from '../findings/facts.ts';
import { attributesOf } from '../hosts/read.ts';
import { readBind } from './bind-spec.ts';
import {
  dockerField,
  flag,
  integer,
  isGiven,
  items,
  kindOf,
  members,
  misfit,
  type Part,
  quoted,
  text,
  textMap,
} from './document-part.ts';
import { targetPath } from './mount-paths.ts';
import { readMount } from './mount-spec.ts';
import { anonymousMount, defaultDriver, type MountWish, type Proposal, type VolumeWish } from './proposal.ts';
import { readTmpfs } from './tmpfs-spec.ts';
import { readVolumesFrom } from './volumes-from.ts';

const restartPolicies = ['no', 'always', 'on-failure', 'unless-stopped'];
const ofHostConfig = ['Binds', 'Mounts', 'Tmpfs', 'VolumesFrom'];
const longestImage = 1024;
const mostMounts = 256;
/** How rules call a container that has no name yet. */
const namelessContainer = 'the proposed container';

/**
 * What Docker would make of the body of a request to create a container, without asking the engine: fields that say
 * nothing of storage may be anything. Throws the failure of the part, with the JSON pointer, where Docker refuses the
 * body, or would take something else for what was meant.
 */
export function readContainerSpec(body: Part, name = namelessContainer): Proposal {
  if (!isGiven(body) || typeof body.value !== 'object')
    throw misfit(body, `must be the body of a request to create a container, not ${kindOf(body.value)}.`);
  refuseMisplaced(body);
  const hostConfig = dockerField(body, 'HostConfig');
  const driver = text(dockerField(hostConfig, 'VolumeDriver')) || defaultDriver;
  const { given, declared } = readMounts(body, hostConfig, driver);
  const wishes = [...given, ...declared];
  const labels = textMap(dockerField(body, 'Labels'));
  const { project, environment } = attributesOf(labels);
  flag(dockerField(hostConfig, 'ReadonlyRootfs'));
  const container: ContainerFacts = {
    id: '',
    name,
    image: readImage(dockerField(body, 'Image')),
    state: 'running',
    user: text(dockerField(body, 'User')),
    labels,
    usernsMode: text(dockerField(hostConfig, 'UsernsMode')),
    memoryLimitBytes: integer(dockerField(hostConfig, 'Memory')) || null,
    restartPolicy: readRestartPolicy(dockerField(dockerField(hostConfig, 'RestartPolicy'), 'Name')),
    createdAt: null,
    project,
    environment,
    writable: null,
    mounts: wishes.map(({ mount }) => mount),
  };
  const volumesFrom = items(dockerField(hostConfig, 'VolumesFrom')).map(readVolumesFrom);
  if (volumesFrom.length > mostMounts)
    throw misfit(
      hostConfig,
      `VolumesFrom has ${volumesFrom.length} entries, more than the ${mostMounts} that are looked at.`,
    );
  const targets = new Set(declared.map(({ mount }) => mount.target));
  return { container, labels, driver, volumes: volumesOf(wishes), volumesFrom, declared: targets };
}

/** Old engines read them there as well, new ones ignore them: neither is what was meant. */
function refuseMisplaced(body: Part): void {
  for (const name of ofHostConfig) {
    const misplaced = dockerField(body, name);
    if (isGiven(misplaced)) throw misfit(misplaced, `${name} belong into HostConfig.`);
  }
}

/** All mounts by their targets, as Docker puts them together. */
function readMounts(body: Part, hostConfig: Part, driver: string): Record<'given' | 'declared', MountWish[]> {
  const asked = {
    binds: items(dockerField(hostConfig, 'Binds')),
    mounts: items(dockerField(hostConfig, 'Mounts')),
    tmpfs: members(dockerField(hostConfig, 'Tmpfs')),
    volumes: members(dockerField(body, 'Volumes')),
  };
  const count = Object.values(asked).reduce((sum, { length }) => sum + length, 0);
  if (count > mostMounts) throw misfit(body, `${count} mounts are more than the ${mostMounts} that are looked at.`);
  const given = [
    ...asked.binds.map((part) => placed(part, readBind(part, text(part), driver))),
    ...asked.mounts.map((part) => placed(part, readMount(part))),
    ...asked.tmpfs.map(([target, part]) => placed(part, readTmpfs(part, target))),
  ];
  refuseTwice(given);
  const taken = new Set(given.map(({ mount }) => mount.target));
  const declared = asked.volumes.map(
    ([target, part]): MountWish => ({ mount: anonymousMount(targetPath(part, target), driver), volume: null }),
  );
  return { given, declared: declared.filter(({ mount }) => !taken.has(mount.target)) };
}

function placed(part: Part, wish: MountWish) {
  return { ...wish, part };
}

function refuseTwice(wishes: readonly (MountWish & { part: Part })[]): void {
  const seen = new Set<string>();
  for (const { mount, part } of wishes) {
    if (seen.has(mount.target)) throw misfit(part, `Something else is mounted at ${quoted(mount.target)} already.`);
    seen.add(mount.target);
  }
}

/** A volume that is named twice is made as its first mount says. */
function volumesOf(wishes: readonly MountWish[]): ReadonlyMap<string, VolumeWish> {
  const named = wishes.flatMap(({ mount, volume }) => (volume === null ? [] : [[mount.volume ?? '', volume] as const]));
  return new Map(named.toReversed());
}

function readImage(part: Part): string {
  const image = text(part);
  if (image.length > longestImage || !image.isWellFormed() || /\p{Cc}/u.test(image))
    throw misfit(part, `${quoted(image)} is no name of an image.`);
  return image;
}

function readRestartPolicy(part: Part): string {
  const name = text(part) || 'no';
  if (!restartPolicies.includes(name))
    throw misfit(part, `${quoted(name)} is no restart policy; there are ${restartPolicies.join(', ')}.`);
  return name;
}
