import type { RestoreDrill } from '../drills/model.ts';
import type { HealthProblem } from '../health/model.ts';
import type { IdOffsets, PathFacts } from '../hosts/read.ts';
import type { VolumeProtection } from '../protection/model.ts';
import type { DamagedSnapshot } from '../repositories/read.ts';
import type { ReachedVolume } from '../shares/volume-index.ts';
import type { RootFileSystem } from '../space/model.ts';

export type { PathFacts };
export type VolumeProblem = HealthProblem;

/**
 * What rules look at: one host and what is on it, normalized. It is made of the inventory for findings, and of a
 * proposed container for an evaluation: the rules cannot tell which. Null means that it is not known (yet); a rule
 * never takes what is not known for a fault.
 */
export interface HostFacts {
  readonly name: string;
  readonly storageDriver: string | null;
  /** What lies below the storage driver, as it says itself, such as `extfs`. */
  readonly backingFileSystem: string | null;
  /** Whether root of a container is somebody else on the host. */
  readonly remapsUsers: boolean | null;
  /** Which users of the host those of its containers are. */
  readonly idOffsets: IdOffsets | null;
  /** Docker's own folder. */
  readonly rootFolder: string | null;
  readonly storage: StorageFacts | null;
  /** Names of the volume drivers that the engine has. */
  readonly volumeDrivers: readonly string[] | null;
  readonly memoryBytes: number | null;
  /** Where the engine's socket is, by every name that is known. */
  readonly sockets: readonly SocketFacts[];
}

/** The file system below the engine's root. */
export type StorageFacts = Readonly<Omit<RootFileSystem, 'device'>>;

export interface SocketFacts {
  readonly path: string;
  /** `device:inode`, which tells it under any other name. */
  readonly identity: string | null;
}

export interface ContainerFacts {
  /** Empty for one that is proposed. */
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** Docker's: created, running, paused, restarting, removing, exited, dead. */
  readonly state: string;
  /** `user`, `uid`, `uid:gid`; empty for root. */
  readonly user: string;
  /** Whether root of the container is somebody else on the host; `host` in usernsMode turns it off. */
  readonly usernsMode: string;
  readonly memoryLimitBytes: number | null;
  /** Docker's: no, always, on-failure, unless-stopped. */
  readonly restartPolicy: string;
  readonly createdAt: Date | null;
  readonly project: string | null;
  readonly environment: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly writable: WritableFacts | null;
  readonly mounts: readonly MountFacts[];
}

/** The writable layer of a container. */
export interface WritableFacts {
  readonly bytes: number;
  /** Null while there is one measurement only. */
  readonly growthBytesPerDay: number | null;
}

export interface MountFacts {
  readonly type: 'volume' | 'bind' | 'tmpfs' | 'image' | 'cluster' | 'npipe';
  /** Path on the host; empty for a tmpfs. */
  readonly source: string;
  readonly target: string;
  /** Name of the volume; empty for an anonymous one of a proposed container; null for other types. */
  readonly volume: string | null;
  readonly driver: string | null;
  readonly readOnly: boolean;
  /** rprivate, private, rshared, shared, rslave, slave; empty for other types than bind. */
  readonly propagation: string;
  readonly selinux: 'shared' | 'private' | null;
  readonly noCopy: boolean;
  readonly subpath: string | null;
  readonly tmpfs: TmpfsFacts | null;
  /** For a volume of the driver `local` that binds a folder of the host: that folder. */
  readonly boundFolder: string | null;
  /** The path on the host that a bind, or a volume that binds a folder, leads to; else the folder of the volume, if it was looked at. */
  readonly path: PathFacts | null;
  /** Names of the other containers that mount the same volume or the same path; only told where its content is relabeled as private. */
  readonly sharedWith: readonly string[] | null;
  /** The volumes of the host whose data it gives to the container, with their shares. */
  readonly reaches: readonly ReachedVolume[];
  /** Of the volume that is mounted, for other types of the container. */
  readonly project: string | null;
}

export interface TmpfsFacts {
  readonly sizeBytes: number | null;
  readonly noexec: boolean;
  readonly nosuid: boolean;
  readonly nodev: boolean;
}

export interface VolumeFacts {
  readonly name: string;
  readonly kind: 'named' | 'anonymous';
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly project: string | null;
  readonly environment: string | null;
  /** Whether it is offered to others; each use of it is then judged by the rules of its share. */
  readonly isShared: boolean;
  /** What is known to be wrong with its use. */
  readonly problems: readonly VolumeProblem[];
  /** Snapshots of it that a check of their repository found damaged. */
  readonly damagedSnapshots: readonly DamagedSnapshot[];
  /** The newest restore of a snapshot of it that was made for a try. */
  readonly lastDrill: RestoreDrill | null;
  /** Whether what it is promised is kept. */
  readonly protection: VolumeProtection | null;
  /** When it was made, or first seen. */
  readonly createdAt: Date | null;
  /** When a container had it mounted last; null when none is known to have. */
  readonly lastUsedAt: Date | null;
  /** The mounts of it, in containers of any state. */
  readonly users: readonly VolumeUser[];
}

export interface VolumeUser {
  readonly container: Pick<ContainerFacts, 'id' | 'name' | 'state' | 'project' | 'environment' | 'image'>;
  readonly target: string;
  readonly readOnly: boolean;
}

/** What every rule may look at besides its subject. */
export interface Surroundings {
  readonly host: HostFacts;
  readonly now: Date;
  /** Folders that containers may bind; any when there are none. */
  readonly allowedRoots: readonly string[];
  /** A bind with more entries than this is costly to watch. */
  readonly bindFiles: number;
  /** Age from which a volume that nothing backs up is a finding. */
  readonly uncoveredSeconds: number;
  readonly naming: {
    readonly mode: 'off' | 'warn' | 'deny';
    readonly styles: readonly ('project' | 'environment' | 'function')[];
  };
}
