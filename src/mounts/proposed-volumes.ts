import { reaches } from '../access/roles.ts';
import type { Reader } from '../database/client.ts';
import type { ContainerFacts, MountFacts, VolumeFacts, VolumeUser } from '../findings/facts.ts';
import { loadScene } from '../findings/read.ts';
import { attributesOf } from '../hosts/read.ts';
import { sees, type VolumeSight } from '../shares/shared-with.ts';
import type { Proposal, VolumeWish } from './proposal.ts';

/** The volumes that a proposed container would use, with all their users and the container itself among them. */
export interface ProposedVolumes {
  /** By name. */
  readonly facts: ReadonlyMap<string, VolumeFacts>;
  /** Names of those that are on the host, and that the caller may not see. */
  readonly hidden: ReadonlySet<string>;
}

/** What rules are told of the project of a volume that the caller may not see. */
const hiddenProject = 'that you may not see';
/** What they are told of a container without a project that would use one: whatever the project of the volume is, it is another. */
const noProject = 'no project';

/**
 * Looks the volumes of a proposal up; one that is not on the host is taken as new. A volume that the caller may not see is
 * there under its name, since the container would get it all the same, and since Docker has one name space for all: but
 * nothing else of it is told, neither its project, nor its driver and options, nor who uses it. Constant statements.
 */
export async function proposedVolumes(
  db: Reader,
  sight: VolumeSight,
  host: string,
  { container, volumes: wishes }: Proposal,
  now: Date,
): Promise<ProposedVolumes> {
  const names = [...new Set(container.mounts.flatMap(({ volume }) => volume || []))];
  const { volumes } = await loadScene(db, host, { containers: [], volumes: names });
  const known = new Map(volumes.map((volume) => [volume.name, volume]));
  const hidden = new Set(volumes.filter((volume) => !sees(sight, { ...volume, host })).map(({ name }) => name));
  const facts = names.map((name) => {
    const wish = wishes.get(name) ?? null;
    const user = hidden.has(name) ? { ...container, project: container.project ?? noProject } : container;
    const shown = hidden.has(name)
      ? hiddenVolume(name)
      : (withSeenUsers(known.get(name), sight) ?? newVolume(name, wish, now));
    return [name, { ...shown, users: [...shown.users, ...usersAmong(user, name)] }] as const;
  });
  return { facts: new Map(facts), hidden };
}

/** Who sees a volume only by a rule of its share is not told of containers of others. */
function withSeenUsers(volume: VolumeFacts | undefined, { scope }: VolumeSight): VolumeFacts | undefined {
  if (volume === undefined || reaches(scope, volume.project)) return volume;
  return { ...volume, users: volume.users.filter(({ container }) => reaches(scope, container.project)) };
}

function hiddenVolume(name: string): VolumeFacts {
  return { ...newVolume(name, null, null), project: hiddenProject };
}

function newVolume(name: string, wish: VolumeWish | null, createdAt: Date | null): VolumeFacts {
  const { driver = 'local', options = {}, labels = {} } = wish ?? {};
  const { project, environment } = attributesOf(labels);
  return {
    name,
    kind: 'named',
    driver,
    options,
    labels,
    project,
    environment,
    isShared: false,
    problems: [],
    damagedSnapshots: [],
    lastDrill: null,
    protection: null,
    createdAt,
    lastUsedAt: createdAt,
    users: [],
  };
}

function usersAmong(container: ContainerFacts, name: string): VolumeUser[] {
  const { mounts, ...user } = container;
  return mounts
    .filter(({ volume }) => volume === name)
    .map(({ target, readOnly }: MountFacts) => ({ container: user, target, readOnly }));
}
