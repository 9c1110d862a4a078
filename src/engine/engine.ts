import type { Readable } from 'node:stream';

/** One Docker engine, as the rest of Stowage sees it. Every method throws `host_unavailable` when the engine is away and `engine_error` when it refuses. */
export interface Engine {
  readonly host: string;
  readonly endpoint: string;

  info(): Promise<EngineInfo>;
  listVolumes(): Promise<EngineVolume[]>;
  /** Null when there is no such volume. */
  findVolume(name: string): Promise<EngineVolume | null>;
  /**
   * Docker gives back an existing volume of the same name; callers ask {@link findVolume} before. Throws
   * `volume_options_invalid` with the driver's words, and `volume_exists` when it exists with another driver or options.
   */
  createVolume(spec: VolumeSpec): Promise<EngineVolume>;
  /** Throws `volume_not_found`, or `volume_in_use` with the engine's words. */
  removeVolume(name: string): Promise<void>;
  /** Containers in every state, helpers of ours included, with their mounts. */
  listContainers(): Promise<EngineContainer[]>;
  /** Null when there is no such container. */
  findContainer(idOrName: string): Promise<EngineContainer | null>;
  /** Ends when the container has stopped; does nothing when it is stopped or gone. */
  stopContainer(id: string): Promise<void>;
  /** Does nothing when it runs, lets it go on when it is paused. Throws `container_not_found`. */
  startContainer(id: string): Promise<void>;
  /** Does nothing when it is paused. Throws `container_not_found`. */
  pauseContainer(id: string): Promise<void>;
  /** Events of volumes and containers from `since` on, until the signal aborts; throws `host_unavailable` when the stream breaks. */
  events(since: Date, signal: AbortSignal): AsyncIterable<EngineEvent>;

  /** Creates a helper container without starting it. Throws `helper_image_missing`. */
  createHelper(spec: HelperSpec): Promise<HelperContainer>;
  /** Starts a created helper and gives it its secrets through its standard input (a tar, see helper/entrypoint.sh). Does nothing when it was started before. */
  startHelper(id: string, secrets: HelperSecrets | null): Promise<void>;
  /** Null when there is no such helper (by id or name). */
  findHelper(idOrName: string): Promise<HelperContainer | null>;
  /** All helpers, of any installation and in any state. */
  listHelpers(): Promise<HelperContainer[]>;
  /** Lines that the helper has written and writes (both streams), from its beginning, until it ends or the signal aborts. */
  helperLines(id: string, signal: AbortSignal): AsyncIterable<HelperLine>;
  /** Exit code, once the helper has ended. Throws `helper_interrupted` when it was removed, and the signal's reason when it aborts. */
  waitHelper(id: string, signal: AbortSignal): Promise<number>;
  killHelper(id: string): Promise<void>;
  /** Kills and removes; does nothing when it is gone. */
  removeHelper(id: string): Promise<void>;
  /** Starts a created helper and gives its raw standard output as a stream that ends with it; an exit code other than 0 is the stream's error (`helper_failed`, with the end of the standard error). */
  streamHelper(id: string, secrets: HelperSecrets | null): Promise<Readable>;
}

export interface EngineInfo {
  readonly id: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly storageDriver: string;
  readonly rootFolder: string;
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

export interface EngineEvent {
  readonly type: 'volume' | 'container';
  /** Docker's: create, destroy, mount, unmount, start, die, rename, pause … */
  readonly action: string;
  /** Name of the volume, or id of the container. */
  readonly id: string;
  readonly at: Date;
}

/** Labels that make a container a helper of ours. */
export const helperLabels = {
  installation: 'stowage.installation',
  job: 'stowage.job',
  attempt: 'stowage.attempt',
  step: 'stowage.step',
  /** Which containers must be started again, should everything else be lost (JSON). */
  restartNote: 'stowage.restart',
} as const;

/** Whether the labels of a container say that it is a helper, of whatever installation. */
export function isHelper(labels: Readonly<Record<string, string>>): boolean {
  return helperLabels.installation in labels || helperLabels.job in labels;
}

/** Label that a volume carries when Docker made it because a helper mounted a name that was gone. */
export const phantomLabel = 'stowage.phantom';

export interface HelperMount {
  readonly type: 'volume' | 'bind';
  /** Name of the volume or path on the host. A missing host path is an error, a missing volume is made with the {@link phantomLabel}. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface HelperSpec {
  /** Unique: two workers that create the same helper get one (the second throws `engine_error`). */
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly command: readonly string[];
  /** Never a secret. */
  readonly environment: Record<string, string>;
  readonly mounts: readonly HelperMount[];
  /** Linux capabilities that are kept; all others are dropped. */
  readonly capabilities: readonly string[];
  /** Docker network; null for none. */
  readonly network: string | null;
  readonly secrets: boolean;
  /** Its standard output is data for {@link Engine.streamHelper}: the engine keeps no log of it, so {@link Engine.helperLines} does not work. */
  readonly streamed?: boolean;
}

/** Files that a helper finds in /run/stowage: by name, content. `env` is sourced by the shell. */
export type HelperSecrets = Readonly<Record<string, string>>;

export interface HelperContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly state: 'created' | 'running' | 'exited';
  readonly exitCode: number | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface HelperLine {
  readonly stream: 'stdout' | 'stderr';
  readonly at: Date;
  readonly text: string;
}
