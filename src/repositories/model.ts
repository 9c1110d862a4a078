import {
  Bytes,
  Count,
  DateTime,
  HostName,
  nullable,
  object,
  page,
  Seconds,
  type Static,
  T,
  Uuid,
  Version,
  words,
} from '../schema.ts';
import { RepositoryLocation } from './location-model.ts';

export const RepositoryKind = words(
  'RepositoryKind',
  ['volume', 'path', 'rest', 's3', 'sftp'],
  'Docker volume, folder of a host, rest-server, bucket of an S3 service, or folder of a server that speaks SFTP.',
);
export const RepositoryState = words(
  'RepositoryState',
  ['new', 'ready'],
  '`new` until it was opened for the first time: the first backup makes the restic repository where there is none.',
);
export const RepositoryMedium = words(
  'RepositoryMedium',
  ['disk', 'object_storage', 'tape', 'removable'],
  'What the repository lies on. Disks of hosts and servers are one medium, whoever owns them; a volume is on `disk` too.',
);
export type RepositoryMedium = Static<typeof RepositoryMedium>;

export const RepositoryName = T.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$',
  description: 'Name of a repository.',
});
export const RepositoryAddress = T.String({
  minLength: 1,
  maxLength: 64,
  description: 'Name or id of the repository.',
});

export const RepositoryTest = object(
  {
    testedAt: DateTime,
    host: T.String({ description: 'Host from which it was tried.' }),
    ok: T.Boolean(),
    code: nullable(T.String({ description: 'Code of the error catalogue; null when it went well.' })),
    detail: nullable(T.String()),
    hasRepository: T.Boolean({ description: 'Whether there is a restic repository; the first backup makes one.' }),
    formatVersion: nullable(T.Integer({ minimum: 1, maximum: 1000, description: "Version of restic's format." })),
    resticVersion: nullable(T.String({ description: 'Version of the restic that tried it.' })),
    openSeconds: nullable(
      T.Number({
        minimum: 0,
        description: 'From the start of restic to the opened repository; deriving the key takes most of it.',
      }),
    ),
  },
  { $id: 'RepositoryTest', description: 'How the last attempt to reach and open a repository went.' },
);
export type RepositoryTest = Static<typeof RepositoryTest>;

export const RepositoryStatistics = object(
  {
    measuredAt: DateTime,
    snapshots: Count,
    blobs: Count,
    storedBytes: Bytes,
    uncompressedBytes: Bytes,
    compressionRatio: nullable(T.Number({ minimum: 0, description: 'How many times smaller compression made it.' })),
    freeBytes: nullable(
      T.Integer({ ...Bytes, description: 'Room on the file system; null where it is not one of a host.' }),
    ),
    totalBytes: nullable(
      T.Integer({ ...Bytes, description: 'Size of the file system; null where it is not one of a host.' }),
    ),
    seconds: Seconds,
  },
  { $id: 'RepositoryStatistics', description: 'What a repository held when it was last measured.' },
);
export type RepositoryStatistics = Static<typeof RepositoryStatistics>;

export const RepositoryCheck = object(
  {
    checkedAt: DateTime,
    host: T.String({ description: 'Host from which it was read.' }),
    ok: T.Boolean({ description: 'Whether the last check of each part found nothing.' }),
    part: T.Integer({ minimum: 1, maximum: 1000, description: 'Part of the data that was read last.' }),
    parts: T.Integer({ minimum: 1, maximum: 1000, description: 'In how many parts the data is read.' }),
    partsRead: T.Integer({ minimum: 0, maximum: 1000, description: 'How many of them were read so far.' }),
    allReadSince: nullable(
      T.String({ ...DateTime, description: 'Since when all of the data was read once; null while parts are missing.' }),
    ),
    problems: T.Array(T.String(), { description: 'What is wrong, in the words of restic.' }),
    damagedSnapshots: T.Array(T.String(), { description: 'Ids of the snapshots that need what is damaged.' }),
    damagedFiles: T.Array(T.String(), { description: 'Some of their files, as `snapshot:path`.' }),
    seconds: Seconds,
  },
  {
    $id: 'RepositoryCheck',
    description: 'What checks of a repository found: its structure, and its data read in parts.',
  },
);
export type RepositoryCheck = Static<typeof RepositoryCheck>;

export const Repository = object(
  {
    id: Uuid,
    name: T.String(),
    kind: RepositoryKind,
    location: RepositoryLocation,
    isDefault: T.Boolean({ description: 'Backups go here when they name no repository.' }),
    medium: RepositoryMedium,
    offSite: T.Boolean({ description: 'Whether it survives the loss of the place where the volumes are.' }),
    appendOnly: T.Boolean({ description: 'Whether nothing can be removed from it: snapshots are never forgotten.' }),
    readOnly: T.Boolean({ description: 'Whether Stowage only reads it: no lock, no backup, nothing removed.' }),
    copyTo: T.Array(Uuid, { description: 'Repositories that each backup in this one is copied to.' }),
    state: RepositoryState,
    resticId: nullable(T.String({ description: 'The id that restic has given it, once it was opened.' })),
    test: nullable(RepositoryTest),
    statistics: nullable(RepositoryStatistics),
    check: nullable(RepositoryCheck),
    createdAt: DateTime,
    initializedAt: nullable(DateTime),
    importedAt: nullable(
      T.String({ ...DateTime, description: 'When its snapshots were last read into the catalogue.' }),
    ),
    version: Version,
  },
  { $id: 'Repository', description: 'Where backups go: a restic repository that any restic can read.' },
);
export type Repository = Static<typeof Repository>;
export const RepositoryPage = page(Repository, 'Repository');

export const RepositoryPassword = object(
  {
    password: T.String({ description: 'Opens the repository with plain restic.' }),
    command: T.String({ description: 'How plain restic reads the repository.' }),
  },
  { $id: 'RepositoryPassword', description: 'The key to everything in a repository; keep it as safe as the data.' },
);

/** restic takes white space around a password in a file for none of it. */
export const NewPassword = T.String({
  minLength: 8,
  maxLength: 1024,
  pattern: '^\\S(?:[^\\u0000-\\u001f]*\\S)?$',
  examples: ['correct-horse-battery-staple'],
  description: 'The new password of the restic repository.',
});

/** From which host a helper works on a repository that several reach. */
export const WorkHost = T.Optional(
  T.String({
    ...HostName,
    description: 'Host whose helper does it; for a repository of a host that one, else the first when not given.',
  }),
);
