import type { Writable } from 'node:stream';
/** What an engine has, as the rest of Stowage sees it. */
export interface EngineInfo {
  readonly id: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly storageDriver: string;
  readonly rootFolder: string;
  /** As the storage driver says it, such as `extfs`; null where it says nothing. */
  readonly backingFileSystem: string | null;
  readonly volumeDrivers: readonly string[];
  readonly memoryBytes: number;
  readonly operatingSystem: string;
  readonly kernel: string;
  readonly architecture: string;
  /** Whether root of a container is somebody else on the host. */
  readonly remapsUsers: boolean;
}

export interface EngineVolume {
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly mountpoint: string;
  readonly options: Record<string, string>;
  readonly labels: Record<string, string>;
  readonly createdAt: Date | null;
}

export interface VolumeSpec {
  readonly name: string;
  readonly driver: string;
  readonly options: Record<string, string>;
  readonly labels: Record<string, string>;
}

export interface EngineContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  /** Docker's: created, running, paused, restarting, removing, exited, dead. */
  readonly state: string;
  readonly status: string;
  readonly labels: Record<string, string>;
  readonly createdAt: Date | null;
  /** The image's user when none was given; empty for root. */
  readonly user: string;
  readonly memoryLimitBytes: number | null;
  /** Docker's: no, always, on-failure, unless-stopped. */
  readonly restartPolicy: string;
  readonly usernsMode: string;
  /** Id or name of the container whose network it shares (`NetworkMode: container:…`); null when it has its own. */
  readonly networkOf: string | null;
  readonly mounts: readonly EngineMount[];
}

export interface EngineMount {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  /** Name of the volume; null for binds and tmpfs. */
  readonly volume: string | null;
  readonly driver: string | null;
  readonly mode: string;
  readonly readOnly: boolean;
  readonly propagation: string;
  /** How its content is relabeled for SELinux: `shared` (z) or `private` (Z). */
  readonly selinux: 'shared' | 'private' | null;
  /** Whether what the image has there is not copied into an empty volume. */
  readonly noCopy: boolean;
  /** Folder of the volume that is mounted instead of its root. */
  readonly subpath: string | null;
  /** What is special to a tmpfs; null for other types. */
  readonly tmpfs: EngineTmpfs | null;
}

/** A tmpfs without a size takes up to half of the memory. */
export interface EngineTmpfs {
  readonly sizeBytes: number | null;
  readonly noexec: boolean;
  readonly nosuid: boolean;
  readonly nodev: boolean;
}

export interface EngineChange {
  readonly path: string;
  readonly kind: 'added' | 'changed' | 'deleted';
}

export interface EngineContainerPlace {
  /** Folder on the host with the writable layer alone; null where the storage driver has none. */
  readonly writableFolder: string | null;
  /** Id of the container's first process on the host; null when it does not run. */
  readonly pid: number | null;
}

/** Who a container runs as: names are those of its own files, and capabilities as they were asked for. */
export interface EngineContainerIdentity {
  /** The image's user when none was given; empty for root. */
  readonly user: string;
  readonly groupAdd: readonly string[];
  readonly capabilitiesAdded: readonly string[];
  readonly capabilitiesDropped: readonly string[];
  readonly privileged: boolean;
  /** `host` for one whose users are those of the host although the engine maps users. */
  readonly usernsMode: string;
}

/** What a container has read from and written to block devices since its start. */
export interface BlockDeviceCounters {
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly readOperations: number;
  readonly writeOperations: number;
}

export interface EngineActivity {
  /**
   * Null where the kernel has counted nothing and may not count at all: with cgroup v1, a kernel from 6.10 on counts for a
   * block device only when a container has a limit on it.
   */
  readonly blockDevices: BlockDeviceCounters | null;
  readonly memoryBytes: number;
  /** What of the memory is tmpfs and shared memory; null where the engine does not tell. */
  readonly sharedMemoryBytes: number | null;
}

export interface EngineImage {
  readonly id: string;
  /** Names with tag, such as `nginx:1.29`; none for a dangling image. */
  readonly tags: readonly string[];
  readonly bytes: number;
  readonly labels: Record<string, string>;
  readonly createdAt: Date | null;
}

export interface EngineImageDetails extends EngineImage {
  /** Digests of the layers' content, the lowest first. */
  readonly layers: readonly string[];
  /** How it was built, the first step first; a step that made no layer has 0 bytes. */
  readonly steps: readonly { readonly instruction: string; readonly bytes: number; readonly createdAt: Date | null }[];
}

/** As `docker system df` counts. */
export interface EngineImageSpace {
  readonly count: number;
  /** Images that a container was made from. */
  readonly active: number;
  readonly bytes: number;
  readonly reclaimableBytes: number;
}

/** What an image says of the containers that are made of it. */
export interface EngineImageDefaults {
  /** Empty for root. */
  readonly user: string;
  /** Targets of the volumes that it declares. */
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface EngineNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly labels: Record<string, string>;
  readonly createdAt: Date | null;
  /** Whether it is one of Docker's own, which are never removed. */
  readonly isPredefined: boolean;
  /** Names of the containers, running or not, that are attached to it. */
  readonly containers: readonly string[];
}

export interface EngineBuildCache {
  readonly id: string;
  readonly description: string;
  readonly bytes: number;
  readonly inUse: boolean;
  readonly shared: boolean;
  readonly createdAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export interface EngineEvent {
  readonly type: 'volume' | 'container' | 'image' | 'plugin';
  /** Docker's: create, destroy, mount, unmount, start, die, rename, pause, tag, untag, delete … */
  readonly action: string;
  /** Name of the volume, id of the container, or id or name of the image. */
  readonly id: string;
  readonly at: Date;
}

/** A command to be run in a container of somebody else. */
export interface ExecWish {
  readonly command: readonly string[];
  /** Name, `uid` or `uid:gid`; the container's own when not given. */
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Longest that its end is waited for. */
  readonly seconds: number;
}

/** How a command in a container ended. */
export interface ExecOutcome {
  /** Null: it has not ended. 127 where it could not be run. */
  readonly exitCode: number | null;
  /** The last 4 KiB of its standard output and errors. */
  readonly output: string;
  /** Its process, as the host counts, while it goes on. */
  readonly pid: number | null;
}

/** A command that runs in a container, with its streams. */
export interface ExecProcess {
  /** Its standard input; ending it is the end of the input. */
  readonly input: Writable;
  /** Its standard output, at the reader's pace. Must be read, or {@link finished} never comes. */
  readonly output: AsyncIterable<Buffer>;
  /** How it ended, once its output has. */
  finished(): Promise<ExecOutcome>;
  /** Lets go of the streams: its input ends, its output is not read any more. */
  destroy(): void;
}

/** What a container was told to run, and with what. Holds secrets: it is for recognising software, and shown nowhere. */
export interface EngineContainerSetup {
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}
