import type { ProjectScope } from '../access/roles.ts';
import type { Ports } from '../context.ts';
import type { MountFacts, Surroundings } from '../findings/facts.ts';
import { boundFolderOf, loadMounters, reaching } from '../findings/read.ts';
import { loadVolumeIndexes } from '../shares/load-index.ts';
import { sees, type VolumeSight } from '../shares/shared-with.ts';
import type { EvaluationGap } from './evaluation-model.ts';
import { lookAtPaths } from './look-at-paths.ts';
import type { Proposal } from './proposal.ts';
import type { ProposedVolumes } from './proposed-volumes.ts';
import { mountpointsOf, seenContainers } from './store.ts';

type ResolvePorts = Pick<Ports, 'db' | 'config' | 'engines' | 'log'>;

/** The mounts of a proposal, as the inventory would have them. */
export interface ResolvedMounts {
  readonly mounts: readonly MountFacts[];
  /** With the engine's sockets as they were found just now. */
  readonly around: Surroundings;
  readonly gaps: readonly EvaluationGap[];
}

const unseenContainer = 'a container that you may not see';

/** Adds what the host knows of the mounts of a proposal: drivers and places of its volumes, what is at the paths that it binds, who else has them. */
export async function resolveMounts(
  ports: ResolvePorts,
  sight: VolumeSight,
  { container }: Proposal,
  { facts, hidden }: ProposedVolumes,
  around: Surroundings,
): Promise<ResolvedMounts> {
  const { scope } = sight;
  const { name: host, rootFolder } = around.host;
  const names = [...facts.keys()].filter((name) => !hidden.has(name));
  const places = await mountpointsOf(ports.db, host, names);
  const placed = container.mounts.map((mount): MountFacts => {
    if (mount.type === 'bind')
      return {
        ...mount,
        propagation: mount.propagation || usualPropagation(mount.source, rootFolder),
        project: container.project,
      };
    if (mount.type !== 'volume') return { ...mount, project: container.project };
    const volume = facts.get(mount.volume ?? '');
    if (volume === undefined) return mount;
    const boundFolder = boundFolderOf(volume.driver, volume.options);
    return {
      ...mount,
      source: places.get(volume.name) ?? '',
      driver: volume.driver,
      boundFolder,
      project: volume.project,
    };
  });
  const sharers = await sharersOf(ports, scope, host, placed);
  const wanted = placed.flatMap((mount) => hostPathOf(mount) ?? []);
  const looked = await lookAtPaths(ports, scope, around, wanted);
  const index = (await loadVolumeIndexes(ports.db, [host])).get(host);
  const mounts = placed.map((mount) => {
    const path = looked.paths.get(hostPathOf(mount) ?? '') ?? null;
    const sharedWith = mount.selinux === 'private' ? (sharers.get(mount.source) ?? []) : null;
    const resolved = reaching({ ...mount, path, sharedWith }, index);
    return { ...resolved, reaches: resolved.reaches.filter((volume) => sees(sight, { ...volume, host })) };
  });
  return { mounts, around: looked.around, gaps: looked.gaps };
}

/** What Docker takes for a bind that asks for none: it does not let its own folder be held mounted by a container. */
function usualPropagation(source: string, rootFolder: string | null): string {
  return isAtRoot(source, rootFolder) ? 'rslave' : 'rprivate';
}

/** Whether a path has to do with Docker's own folder in Docker's eyes, which compares the texts. */
export function isAtRoot(source: string, rootFolder: string | null): boolean {
  return rootFolder !== null && (source.startsWith(rootFolder) || rootFolder.startsWith(source));
}

function hostPathOf({ type, source, boundFolder }: MountFacts): string | null {
  return type === 'bind' ? source : boundFolder;
}

/** By source: names of the containers that have what this one would relabel for itself alone. */
async function sharersOf(
  { db }: ResolvePorts,
  scope: ProjectScope,
  host: string,
  mounts: readonly MountFacts[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const relabeled = mounts.filter(({ selinux, source }) => selinux === 'private' && source !== '');
  if (relabeled.length === 0) return new Map();
  const mounters = await loadMounters(
    db,
    host,
    relabeled.map(({ source }) => source),
  );
  const ids = [...mounters.values()].flat().map(({ containerId }) => containerId);
  const seen = await seenContainers(db, scope, host, ids);
  return new Map(
    [...mounters].map(([source, found]) => [
      source,
      found.map(({ containerId, containerName }) => (seen.has(containerId) ? containerName : unseenContainer)),
    ]),
  );
}
