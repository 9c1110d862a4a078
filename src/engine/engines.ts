import { fail } from '../errors.ts';
import { buildCacheCalls } from './build-cache.ts';
import { type Connection, connectDocker, patience } from './connection.ts';
import { execCalls } from './container-exec.ts';
import { identityCalls } from './container-identity.ts';
import { insightCalls } from './container-insight.ts';
import { containerCalls } from './containers.ts';
import { definitionCalls } from './definitions.ts';
import type { Engine } from './engine.ts';
import type { EngineInfo } from './engine-objects.ts';
import { followEvents } from './events.ts';
import { helperCalls } from './helpers.ts';
import { imageCalls } from './images.ts';
import { networkCalls } from './networks.ts';
import { readVolumeDrivers } from './volume-drivers.ts';
import { volumeCalls } from './volumes.ts';

/** A Docker engine by its name here, and where it listens: `unix:///path` or `tcp://name:port`. */
export interface EngineAddress {
  readonly name: string;
  readonly endpoint: string;
}

export interface EnginesOptions {
  /** Reference of the helper image on this host; brings it there first when it is missing. */
  readonly helperImage: (host: string) => Promise<string>;
  /** Name of this installation; a label of all its helpers. */
  readonly installation: string;
}

/** The engines of all hosts. */
export interface Engines {
  /** Throws `host_not_found`. */
  get(host: string): Engine;
  names(): string[];
  /** Closes the connections that are kept open. */
  close(): void;
}

/** Makes the engines known; each is connected when it is asked for something. */
export function connectEngines(hosts: readonly EngineAddress[], options: EnginesOptions): Engines {
  const connections = hosts.map(({ name, endpoint }) => ({ endpoint, connection: connectDocker(name, endpoint) }));
  const engines = new Map(
    connections.map(({ endpoint, connection }) => [connection.host, toEngine(connection, endpoint, options)]),
  );

  return {
    get(host) {
      const engine = engines.get(host);
      if (engine === undefined) throw fail('host_not_found', `There is no host "${host}".`);
      return engine;
    },
    names: () => [...engines.keys()],
    close: () => {
      for (const { connection } of connections) connection.close();
    },
  };
}

function toEngine(connection: Connection, endpoint: string, { helperImage, installation }: EnginesOptions): Engine {
  const { host } = connection;
  return {
    host,
    endpoint,
    info: () => readInfo(connection),
    volumeDrivers: () => readVolumeDrivers(connection),
    events: (since, signal) => followEvents(connection, since, signal),
    ...volumeCalls(connection),
    ...containerCalls(connection),
    ...insightCalls(connection),
    ...identityCalls(connection),
    ...execCalls(connection),
    ...definitionCalls(connection),
    ...imageCalls(connection),
    ...networkCalls(connection),
    ...buildCacheCalls(connection),
    ...helperCalls(connection, { installation, image: () => helperImage(host) }),
  };
}

async function readInfo(connection: Connection): Promise<EngineInfo> {
  const { docker, ask } = connection;
  // dockerode's types do not know that these two take a signal as well.
  const readSystem: (options: { abortSignal: AbortSignal }) => ReturnType<typeof docker.info> =
    docker.info.bind(docker);
  const readVersion: (options: { abortSignal: AbortSignal }) => ReturnType<typeof docker.version> =
    docker.version.bind(docker);
  const [info, version] = await ask(patience.question, (abortSignal) =>
    Promise.all([readSystem({ abortSignal }), readVersion({ abortSignal })]),
  );
  return {
    id: info.ID,
    version: version.Version,
    apiVersion: version.ApiVersion,
    storageDriver: info.Driver,
    rootFolder: info.DockerRootDir,
    backingFileSystem: statusOf(info.DriverStatus, 'Backing Filesystem'),
    volumeDrivers: await readVolumeDrivers(connection),
    memoryBytes: info.MemTotal ?? 0,
    operatingSystem: info.OperatingSystem ?? '',
    kernel: info.KernelVersion ?? '',
    architecture: info.Architecture ?? '',
    remapsUsers: (info.SecurityOptions ?? []).some((option: string) => option.includes('name=userns')),
  };
}

function statusOf(status: unknown, name: string): string | null {
  const pairs: string[][] = Array.isArray(status) ? status : [];
  return pairs.find(([key]) => key === name)?.[1] ?? null;
}
