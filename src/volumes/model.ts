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
  { bytes: Bytes, files: Count, measuredAt: DateTime },
  { $id: 'VolumeUsage', description: 'What a volume held when it was last measured.' },
);

export const Volume = object(
  {
    id: Uuid,
    host: HostName,
    name: VolumeName,
    kind: VolumeKind,
    driver: T.String({ description: 'Docker volume driver.' }),
    scope: T.String({ description: '`local` to the host, or `global` in a cluster.' }),
    mountpoint: T.String({ description: 'Path on the host; empty where the driver tells none.' }),
    options: StringMap,
    labels: StringMap,
    project: nullable(ProjectName),
    environment: nullable(EnvironmentName),
    class: nullable(DataClass),
    createdAt: nullable(DateTime),
    inUse: T.Boolean({ description: 'Whether a container has it mounted, running or not.' }),
    containers: T.Integer({ minimum: 0, maximum: 2 ** 31 - 1, description: 'Containers that have it mounted.' }),
    usage: nullable(VolumeUsage),
    version: Version,
  },
  {
    $id: 'Volume',
    description: 'A Docker volume. Project, environment and class were assigned here, else its labels say them.',
  },
);
export type Volume = Static<typeof Volume>;
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
