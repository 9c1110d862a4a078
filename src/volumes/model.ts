import {
  Bytes,
  Count,
  DateTime,
  HostName,
  nullable,
  object,
  ProjectName,
  page,
  type Static,
  StringMap,
  T,
  Uuid,
  Version,
  words,
} from '../schema.ts';

/** Name of a volume that is there, as an address. */
export const VolumeName = T.String({
  minLength: 1,
  maxLength: 255,
  description: 'Name of the volume, unique on its host.',
});

/** Name for a new volume; `requireVolumeName` checks it. */
export const NewVolumeName = T.String({
  minLength: 1,
  maxLength: 255,
  description:
    'At least two of the letters, digits, `_`, `.` and `-`, beginning with a letter or digit; not 64 hex digits, which is how anonymous volumes are called.',
  examples: ['shop-orders'],
});

export const VolumeKind = words(
  'VolumeKind',
  ['named', 'anonymous'],
  'Anonymous volumes were made by a container that did not name them; their name is 64 hex digits.',
);
export type VolumeKind = Static<typeof VolumeKind>;

export const DataClass = words(
  'DataClass',
  ['critical', 'user', 'config', 'cache', 'temporary', 'logs'],
  'What the data is worth; defaults for its protection follow from it.',
);
export type DataClass = Static<typeof DataClass>;

export const EnvironmentName = T.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$',
  description: 'Name of an environment, such as production or test.',
});

export const VolumeUsage = object(
  {
    bytes: Bytes,
    allocatedBytes: nullable(Bytes),
    files: Count,
    inodes: nullable(Count),
    measuredAt: DateTime,
  },
  {
    $id: 'VolumeUsage',
    description:
      'What a volume held when it was last measured: bytes in all its files, bytes that those and its folders have on the disk, entries that are no folders, and inodes, the folders included.',
  },
);

export type VolumeUsage = Static<typeof VolumeUsage>;

export const VolumeBackendKind = words(
  'VolumeBackendKind',
  ['plain', 'nfs', 'cifs', 'tmpfs', 'bind', 'ceph', 'glusterfs', 'block', 'other', 'driver'],
  'What a volume stands on: a folder of Docker (`plain`), what the driver `local` mounts, or another driver.',
);
export type VolumeBackendKind = Static<typeof VolumeBackendKind>;

const VolumeBackend = object(
  {
    type: VolumeBackendKind,
    fileSystem: nullable(T.String({ description: 'The option `type`, such as nfs4 or ext4.' })),
    server: nullable(T.String({ description: 'Server, or monitors of Ceph.' })),
    path: nullable(T.String({ description: 'Folder on the server; of a bind that on the host.' })),
    device: nullable(T.String({ description: 'The option `device`.' })),
    options: T.Array(T.String(), {
      description: 'Mount options, or the options of another driver; secrets are left out.',
    }),
    remarks: T.Array(T.String(), { description: 'What of the options will not be as it looks.' }),
  },
  { $id: 'VolumeBackend', description: 'Where the data of a volume is, read from its options.' },
);
export type VolumeBackend = Static<typeof VolumeBackend>;

export const VolumeMaker = words(
  'VolumeMaker',
  ['stowage', 'compose', 'request', 'container', 'unknown'],
  'What made a volume, as far as its labels and the events of its engine tell. `request`: somebody asked for it, as with `docker volume create`. `container`: it came with the making of a container that named none, or one that was not there. Nobody knows it of a volume that was made while its host was not watched.',
);
export type VolumeMaker = Static<typeof VolumeMaker>;

export const Volume = object(
  {
    id: Uuid,
    host: HostName,
    name: VolumeName,
    kind: VolumeKind,
    driver: T.String({ description: 'Docker volume driver.' }),
    scope: T.String({ description: '`local` to the host, or `global` in a cluster.' }),
    mountpoint: T.String({ description: 'Path on the host; empty where the driver tells none.' }),
    options: { ...StringMap, description: 'Options of the driver; secrets are left out.' },
    backend: VolumeBackend,
    labels: StringMap,
    project: nullable(ProjectName),
    environment: nullable(EnvironmentName),
    class: nullable(DataClass),
    createdAt: nullable(DateTime),
    createdBy: VolumeMaker,
    lastUsedAt: nullable(
      T.String({
        format: 'date-time',
        'x-gql': 'DateTime',
        description: 'When a container had it mounted last; now while one has. Null when none is known to have.',
      }),
    ),
    inUse: T.Boolean({ description: 'Whether a container has it mounted, running or not.' }),
    containers: T.Integer({ minimum: 0, maximum: 2 ** 31 - 1, description: 'Containers that have it mounted.' }),
    usage: nullable(VolumeUsage),
    namingIssues: T.Array(T.String(), {
      description:
        'Why its name fits none of the styles of this installation; empty when it does, or when names are not judged.',
    }),
    version: Version,
  },
  {
    $id: 'Volume',
    description: 'A Docker volume. Project, environment and class were assigned here, else its labels say them.',
  },
);
export type Volume = Static<typeof Volume>;

/** A volume as the inventory has it, secrets in its options included: for who makes it again. */
export type KnownVolume = Omit<Volume, 'backend' | 'createdBy' | 'namingIssues'> & {
  /** What it was made by, as the events of the engine told. */
  readonly origin: 'request' | 'container' | null;
};
export const VolumePage = page(Volume, 'Volume');

export const HostVolumes = object(
  {
    host: HostName,
    items: T.Array(Volume),
    nextCursor: nullable(T.String({ description: 'Cursor for `volumes` of this host; null when these are all.' })),
  },
  { $id: 'HostVolumes', description: 'The first volumes of a host.' },
);
export type HostVolumes = Static<typeof HostVolumes>;

export const VolumeAction = words(
  'VolumeAction',
  ['created', 'mounted', 'unmounted', 'deleted'],
  'What happened to a volume. It is mounted from the making of a container that has it until the removal of that container.',
);
export type VolumeAction = Static<typeof VolumeAction>;

const VolumeUser = object(
  { id: T.String(), name: T.String() },
  { $id: 'VolumeUser', description: 'A container that has, or had, a volume mounted.' },
);

export const VolumeEvent = object(
  {
    id: T.String({ 'x-gql': 'ID' }),
    at: DateTime,
    action: VolumeAction,
    container: nullable(VolumeUser),
    target: nullable(T.String({ description: 'Path in the container.' })),
    readOnly: nullable(T.Boolean()),
  },
  {
    $id: 'VolumeEvent',
    description:
      'Something that happened to a volume. The time is that of the engine where it tells one, else that of the inventory.',
  },
);
export type VolumeEvent = Static<typeof VolumeEvent>;
export const VolumeEventPage = page(VolumeEvent, 'VolumeEvent');
