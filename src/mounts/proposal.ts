import type { ContainerFacts, MountFacts } from '../findings/facts.ts';

/** A container that somebody wants to create, as far as its specification alone tells what Docker would make of it. */
export interface Proposal {
  /** Its state is running: that is what it is made for. A volume's driver is what was asked for; null for the default. */
  readonly container: ContainerFacts;
  /** Those that it is given; its image may have more. */
  readonly labels: Readonly<Record<string, string>>;
  /** Driver of the volumes that have no name, and of those for which none is named. */
  readonly driver: string;
  /** How its named volumes are made if they do not exist yet, by name. */
  readonly volumes: ReadonlyMap<string, VolumeWish>;
  /** Containers whose mounts it takes over, in the order in which Docker does. */
  readonly volumesFrom: readonly TakenOver[];
  /** Targets of those of its mounts that it only declares: there is an anonymous volume unless something else is mounted. */
  readonly declared: ReadonlySet<string>;
}

/** A container whose mounts another one takes over. */
export interface TakenOver {
  /** Its name, its id, or the beginning of its id. */
  readonly container: string;
  readonly readOnly: boolean;
}

/** How a volume is to be made. */
export interface VolumeWish {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** One mount of a specification. */
export interface MountWish {
  readonly mount: MountFacts;
  /** For a named volume. */
  readonly volume: VolumeWish | null;
}

/** The driver of a volume for which none is named. */
export const defaultDriver = 'local';

/** A mount without anything special to it. */
export function plainMount(type: MountFacts['type'], target: string): MountFacts {
  return {
    type,
    source: '',
    target,
    volume: null,
    driver: null,
    readOnly: false,
    propagation: '',
    selinux: null,
    noCopy: false,
    subpath: null,
    tmpfs: null,
    boundFolder: null,
    path: null,
    sharedWith: null,
    reaches: [],
    project: null,
  };
}

/** A volume without a name, as a container or its image declares it. */
export function anonymousMount(target: string, driver: string): MountFacts {
  return { ...plainMount('volume', target), volume: '', driver };
}
