import type { Readable } from 'node:stream';
import type { ContainerDefinition, NetworkDefinition } from './definition-objects.ts';
import type {
  EngineActivity,
  EngineBuildCache,
  EngineChange,
  EngineContainer,
  EngineContainerIdentity,
  EngineContainerPlace,
  EngineContainerSetup,
  EngineEvent,
  EngineImage,
  EngineImageDefaults,
  EngineImageDetails,
  EngineImageSpace,
  EngineInfo,
  EngineNetwork,
  EngineVolume,
  ExecOutcome,
  ExecProcess,
  ExecWish,
  VolumeSpec,
} from './engine-objects.ts';
import type { HelperContainer, HelperLine, HelperSecrets, HelperSpec, ListedHelper } from './helper.ts';

/** One Docker engine, as the rest of Stowage sees it. Every method throws `host_unavailable` when the engine is away and `engine_error` when it refuses. */
export interface Engine {
  readonly host: string;
  readonly endpoint: string;

  info(): Promise<EngineInfo>;
  /** Names of the drivers that volumes can be used with now, with the tag of a plugin: `local`, `vieux/sshfs:latest`. */
  volumeDrivers(): Promise<string[]>;
  listVolumes(): Promise<EngineVolume[]>;
  /** Null when there is no such volume. Throws `volume_driver_missing` when its driver cannot be asked. */
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
  /** Bytes of a container's writable layer, and of all its layers together: the engine walks the layer. Null when it is gone. */
  containerSize(id: string): Promise<{ readonly writableBytes: number; readonly rootBytes: number } | null>;
  /**
   * What a container has changed in its writable layer, as `docker diff` says it; the engine finds all of it before it
   * answers. Read to the end or until the signal aborts. Null when the container is gone.
   */
  containerChanges(id: string, signal: AbortSignal): Promise<AsyncIterable<EngineChange> | null>;
  /** Where the writable layer is on the host, and the process of the container. Null when it is gone. */
  containerPlace(id: string): Promise<EngineContainerPlace | null>;
  /** Who its first process is, as it was asked for. Null when it is gone. */
  containerIdentity(id: string): Promise<EngineContainerIdentity | null>;
  /** A text file of a container in any state, of at most 1 MiB; links are followed within the container. Null when there is none. */
  readContainerFile(id: string, path: string): Promise<string | null>;
  /** Cgroup statistics of a running container; null when it does not run. */
  containerActivity(id: string): Promise<EngineActivity | null>;
  /**
   * Runs a command in a running container and waits for its end, for so long at most: it goes on when that is over. Throws
   * `container_not_found`, and `container_not_running` also for one that is paused.
   */
  execInContainer(id: string, wish: ExecWish): Promise<ExecOutcome>;
  /** Starts a command in a running container and gives its streams. Throws as {@link execInContainer}, and `engine_error` when it cannot be run. */
  startInContainer(id: string, wish: Omit<ExecWish, 'seconds'>): Promise<ExecProcess>;
  /** Null when it is gone. */
  containerSetup(id: string): Promise<EngineContainerSetup | null>;
  /** Does nothing when it is gone; its anonymous volumes stay. Throws `engine_error` while it runs. */
  removeContainer(id: string): Promise<void>;
  /** What a container is made from. `names`: of all containers, by id. Null when it is gone. */
  containerDefinition(id: string, names: ReadonlyMap<string, string>): Promise<ContainerDefinition | null>;
  /** Makes a container without starting it, from an image by reference or id; gives its id. Throws `container_exists`. */
  createContainer(definition: ContainerDefinition, image: string): Promise<string>;
  /** Kills and removes a container with its anonymous volumes; does nothing when it is gone. */
  discardContainer(id: string): Promise<void>;
  listImages(): Promise<EngineImage[]>;
  /** What all images take, a layer that several share counted once. Null where the engine cannot tell without walking all volumes (API before 1.42). */
  imageSpace(): Promise<EngineImageSpace | null>;
  /** Layers and steps of an image; null when it is gone. */
  findImage(id: string): Promise<EngineImageDetails | null>;
  /** Id of an image, by reference or id; null when it is not on the host. One question, where {@link findImage} asks for its history too. */
  imageId(reference: string): Promise<string | null>;
  /** What containers of an image (by reference or id) have unless told otherwise; null when it is not on the host. Waits two seconds. */
  imageDefaults(reference: string): Promise<EngineImageDefaults | null>;
  /** By reference (only that name) or by id. Does nothing when it is gone. Throws `engine_error` while a container needs it. */
  removeImage(reference: string): Promise<void>;
  /**
   * An image (by id) with these names, as `docker save` writes it. A stream that ends early may end without an error. Throws
   * `image_not_found`.
   */
  saveImage(id: string, names: readonly string[]): Promise<Readable>;
  /** Reads what {@link saveImage} wrote. Throws `image_load_failed` with the engine's words, and what breaks the archive. */
  loadImage(archive: Readable, signal: AbortSignal): Promise<void>;
  listNetworks(): Promise<EngineNetwork[]>;
  /** What a network is made from. Null when it is gone. */
  networkDefinition(id: string): Promise<NetworkDefinition | null>;
  /** Throws `network_exists`, and `engine_error` with the engine's words, such as that a subnet is taken. */
  createNetwork(definition: NetworkDefinition): Promise<void>;
  /** Does nothing when it is gone. Throws `engine_error` while it is used. */
  removeNetwork(id: string): Promise<void>;
  /** Null where the engine cannot tell without walking all volumes (API before 1.42). */
  listBuildCache(): Promise<EngineBuildCache[] | null>;
  /** Removes these records of the build cache, as far as nothing uses them; gives the bytes that it freed. */
  pruneBuildCache(ids: readonly string[]): Promise<number>;
  /** Events of volumes, containers and images from `since` on, until the signal aborts; throws `host_unavailable` when the stream breaks. */
  events(since: Date, signal: AbortSignal): AsyncIterable<EngineEvent>;

  /** Creates a helper container without starting it. Throws `helper_image_missing`, and `image_not_found` for a foreign image. */
  createHelper(spec: HelperSpec): Promise<HelperContainer>;
  /** Starts a created helper and gives it its secrets through its standard input (a tar, see helper/entrypoint.sh). Does nothing when it was started before. */
  startHelper(id: string, secrets: HelperSecrets | null): Promise<void>;
  /** Null when there is no such helper (by id or name). */
  findHelper(idOrName: string): Promise<HelperContainer | null>;
  /** All helpers, of any installation and in any state; answers also while one hangs in a mount. */
  listHelpers(): Promise<ListedHelper[]>;
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
