import { DateTime, HostName, nullable, object, page, Seconds, type Static, T, words } from '../schema.ts';
import { PathFacts } from './path-facts.ts';

export const HostState = words(
  'HostState',
  ['unknown', 'connected', 'unreachable'],
  'Whether the engine answered when it was last asked.',
);
export type HostState = Static<typeof HostState>;

const HostEngine = object(
  {
    version: T.String({ description: 'Version of the Docker engine.' }),
    apiVersion: T.String({ description: 'Newest version of its API.' }),
    storageDriver: T.String({ description: 'Storage driver of its images and containers.' }),
  },
  { $id: 'HostEngine', description: 'The Docker engine of a host, as it was when it last answered.' },
);

const HostInventory = object(
  {
    syncedAt: nullable(DateTime),
    ageSeconds: nullable(Seconds),
  },
  {
    $id: 'HostInventory',
    description:
      'Time and age of the last full list; changes since then are followed while the host is connected. Null before the first one.',
  },
);

/** The path of a host that a mount binds. */
export const MountPath = PathFacts;

export const Host = object(
  {
    name: HostName,
    endpoint: T.String({ description: 'Where the engine listens, without credentials.' }),
    state: HostState,
    engine: nullable(HostEngine),
    error: nullable(T.String({ description: 'Why the host is unreachable.' })),
    inventory: HostInventory,
  },
  {
    $id: 'Host',
    description:
      'A Docker engine. Its volumes, containers and mounts are read from an inventory, so that no reading waits for it.',
  },
);
export type Host = Static<typeof Host>;
export const HostPage = page(Host, 'Host');
