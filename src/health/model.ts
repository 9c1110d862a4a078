import {
  Bytes,
  Count,
  DateTime,
  HostName,
  nullable,
  object,
  ProjectName,
  type Static,
  T,
  Uuid,
  words,
} from '../schema.ts';

const Percent = T.Number({ minimum: 0, description: 'Percent of the time.' });

const IoPressure = object(
  { some10: Percent, some60: Percent, full10: Percent, full60: Percent },
  {
    $id: 'IoPressure',
    description:
      'How much of the last 10 and 60 seconds some tasks of the host, or all of them, have waited for storage (/proc/pressure/io).',
  },
);

const HealthSpace = object(
  {
    totalBytes: Bytes,
    availableBytes: Bytes,
    totalInodes: T.Integer({ ...Count, description: '0 where the file system makes inodes as it needs them.' }),
    freeInodes: Count,
  },
  { $id: 'HealthSpace', description: 'The room on the file system of a volume, as a container that has it sees it.' },
);
export type HealthSpace = Static<typeof HealthSpace>;

const HealthLock = object(
  {
    container: T.String({ description: 'Name of the container whose process it is.' }),
    path: T.String({ description: 'The file, from the root of the mount.' }),
    type: T.String({ description: 'As the kernel says it, such as `FLOCK`, `POSIX` or `OFDLCK`.' }),
    access: T.String({ description: '`READ` or `WRITE`.' }),
    isWaiting: T.Boolean({ description: 'It is not held yet: somebody else holds one that excludes it.' }),
  },
  { $id: 'HealthLock', description: 'A lock on a file of a volume.' },
);
export type HealthLock = Static<typeof HealthLock>;

/** What a look at a volume saw, as it is kept. */
export const HealthReading = object({
  space: nullable(HealthSpace),
  ioPressure: nullable(IoPressure),
  locks: T.Array(HealthLock),
});
export type HealthReading = Static<typeof HealthReading>;

const HealthConsumer = object(
  {
    container: object(
      { id: T.String(), name: T.String(), state: T.String(), project: nullable(ProjectName) },
      { $id: 'HealthContainer', description: 'A container that has the volume.' },
    ),
    target: T.String({ description: 'Where it has it.' }),
    access: T.String({ description: 'As it is mounted: `ro` or `rw`.' }),
    granted: nullable(T.String({ description: 'What the rules of the share give it; null: nothing, or no share.' })),
    isViolation: T.Boolean({ description: 'It uses the share as no rule allows.' }),
  },
  { $id: 'HealthConsumer', description: 'A container that has the volume, with what it may do and what it does.' },
);
export type HealthConsumer = Static<typeof HealthConsumer>;

const DeniedAccess = object(
  {
    container: T.String(),
    action: T.String({ description: '`list`, `read`, `write`, `create` or `delete`.' }),
    entries: Count,
    sentence: T.String({ description: 'Which entry denies it and why, of the most frequent reason.' }),
  },
  { $id: 'DeniedAccess', description: 'What a container cannot do in a volume.' },
);

const HealthPermissions = object(
  { check: Uuid, checkedAt: DateTime, denied: T.Array(DeniedAccess) },
  { $id: 'HealthPermissions', description: 'What the last permission check of the volume found.' },
);
export type HealthPermissions = Static<typeof HealthPermissions>;

const HealthProblem = object(
  {
    problem: words(
      'HealthProblemKind',
      ['permission_denied', 'lock_conflict', 'disk_full', 'slow_storage'],
      'What goes wrong with shared data.',
    ),
    detail: T.String({ description: 'What is so in this case.' }),
    remedy: T.String({ description: 'What to do about it.' }),
  },
  { $id: 'HealthProblem', description: 'Something that is wrong with the use of a volume.' },
);
export type HealthProblem = Static<typeof HealthProblem>;

export const VolumeHealth = object(
  {
    host: HostName,
    volume: T.String(),
    share: nullable(T.String({ description: 'Name of its share.' })),
    project: nullable(ProjectName),
    checkedAt: nullable(DateTime),
    consumers: T.Array(HealthConsumer),
    writers: T.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description: 'Running containers that can write to it at the same time.',
    }),
    locks: T.Array(HealthLock),
    space: nullable(HealthSpace),
    ioPressure: nullable(IoPressure),
    permissions: nullable(HealthPermissions),
    problems: T.Array(HealthProblem),
  },
  {
    $id: 'VolumeHealth',
    description:
      'How the use of a volume is going. Consumers are as the inventory has them; locks, space and pressure as of `checkedAt`, null before the first look.',
  },
);
export type VolumeHealth = Static<typeof VolumeHealth>;
