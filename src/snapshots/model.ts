import { Bytes, Count, DateTime, nullable, object, page, type Static, T, Uuid, words } from '../schema.ts';

export const DatabaseEngine = words(
  'DatabaseEngine',
  ['postgresql', 'mysql', 'mariadb', 'redis'],
  'A database that dumps itself with its own tool. Valkey and KeyDB are `redis`, Percona is `mysql`.',
);
export type DatabaseEngine = Static<typeof DatabaseEngine>;

export const DatabaseDump = object(
  {
    engine: DatabaseEngine,
    database: nullable(T.String({ description: 'The one that it holds; null: all of the server.' })),
  },
  { $id: 'DatabaseDump', description: 'What a database has written with its own tool, in place of its files.' },
);
export type DatabaseDump = Static<typeof DatabaseDump>;

export const HeldImage = object(
  {
    id: T.String({ description: 'Id that Docker gives the image.' }),
    reference: nullable(T.String({ description: 'Name that it was asked for by; null for none.' })),
  },
  { $id: 'HeldImage', description: 'An image with all its names, as `docker save` writes it.' },
);
export type HeldImage = Static<typeof HeldImage>;

export const HeldConfiguration = object(
  {
    composeProject: nullable(T.String({ description: 'The Compose project; null: everything on the host.' })),
    digest: T.String({ description: 'The same for the same definitions.' }),
  },
  {
    $id: 'HeldConfiguration',
    description: 'Definitions of containers, networks and volumes, and Compose files, as files.',
  },
);
export type HeldConfiguration = Static<typeof HeldConfiguration>;

export const SnapshotContent = words(
  'SnapshotContent',
  ['volume', 'dump', 'image', 'configuration'],
  'What a snapshot holds: the files of a volume, the dump of a database, an image, or definitions.',
);
export type SnapshotContent = Static<typeof SnapshotContent>;
const FolderOfContainer = T.String({
  pattern: '^/[^\\u0000]*$',
  maxLength: 1024,
  examples: ['/var/lib/postgresql/data'],
});

/** What a server is started again with; nothing of it is secret. */
export const SnapshotServer = object(
  {
    engine: DatabaseEngine,
    image: T.String({ maxLength: 512, description: 'Image of its container, as the container names it.' }),
    imageId: T.String({
      pattern: '^sha256:[0-9a-f]{64}$',
      examples: [`sha256:${'0a'.repeat(32)}`],
      description: "The engine's id of that image.",
    }),
    mountedAt: T.String({ ...FolderOfContainer, description: 'Where its container has the volume.' }),
    subpath: nullable(
      T.String({ maxLength: 1024, description: 'Folder of the volume that is mounted there; null: all.' }),
    ),
    data: T.String({
      ...FolderOfContainer,
      description: 'Folder of its data in the container, as far as that is told.',
    }),
    user: T.String({ maxLength: 256, description: 'Whom the container runs as; empty for root.' }),
    account: nullable(
      T.String({
        examples: ['postgres'],
        pattern: '^[A-Za-z0-9_][A-Za-z0-9_.@-]*$',
        maxLength: 63,
        description: 'Who may do everything in a PostgreSQL.',
      }),
    ),
    settings: T.Array(T.String({ maxLength: 256 }), {
      maxItems: 32,
      description: 'What of its command its data cannot be read without, as `--name=value`.',
    }),
  },
  {
    $id: 'SnapshotServer',
    description: 'The database server whose data is in a volume, as it was set up when that was backed up.',
  },
);
export type SnapshotServer = Static<typeof SnapshotServer>;

export const SnapshotReason = words(
  'SnapshotReason',
  ['backup', 'first_pass', 'before_restore', 'before_delete', 'foreign'],
  'Why a snapshot was made. `first_pass`: while the containers went on, before the same backup read the volume again at rest. `foreign` ones were not made by Stowage.',
);
export type SnapshotReason = Static<typeof SnapshotReason>;
export const SnapshotState = words('SnapshotState', ['good', 'partial'], '`partial`: some files could not be read.');
export type SnapshotState = Static<typeof SnapshotState>;

/** restic's id, whole or the beginning of it, as restic prints it. */
export const SnapshotId = T.String({
  pattern: '^[0-9a-f]{8,64}$',
  'x-gql': 'ID',
  description: "restic's snapshot id, or the first 8 digits or more.",
});

export const Snapshot = object(
  {
    id: T.String({ 'x-gql': 'ID', description: "restic's snapshot id." }),
    repositoryId: Uuid,
    host: T.String({ description: 'Host of the volume; of a foreign snapshot the name that restic was given.' }),
    volume: nullable(
      T.String({
        description: 'Null for what was not made of a volume: an image, a configuration, a foreign snapshot.',
      }),
    ),
    project: nullable(T.String()),
    path: T.String({ description: 'Folder that holds what was backed up, inside of the snapshot.' }),
    paths: T.Array(T.String(), { description: 'What was backed up, as restic was told.' }),
    original: nullable(T.String({ 'x-gql': 'ID', description: 'Snapshot that this one is a copy of.' })),
    reason: SnapshotReason,
    state: SnapshotState,
    dump: nullable(DatabaseDump),
    image: nullable(HeldImage),
    configuration: nullable(HeldConfiguration),
    server: nullable(SnapshotServer),
    files: Count,
    bytes: Bytes,
    bytesAdded: Bytes,
    jobId: nullable(Uuid),
    takenAt: DateTime,
  },
  { $id: 'Snapshot', description: 'A restore point in a repository: of a volume, an image or a configuration.' },
);
export type Snapshot = Static<typeof Snapshot>;
export const SnapshotPage = page(Snapshot, 'Snapshot');

export const EntryType = words(
  'EntryType',
  ['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket', 'irregular'],
  'Kind of an entry, in the words of restic.',
);

export const SnapshotEntry = object(
  {
    name: T.String(),
    path: T.String({ description: 'Path below the root of the volume.' }),
    type: EntryType,
    bytes: nullable(Bytes),
    mode: nullable(T.String({ description: 'Permission bits in octal, such as `0750`.' })),
    uid: nullable(Count),
    gid: nullable(Count),
    modifiedAt: nullable(DateTime),
  },
  { $id: 'SnapshotEntry', description: 'A file or folder in a snapshot.' },
);
export type SnapshotEntry = Static<typeof SnapshotEntry>;
export const SnapshotEntryPage = page(SnapshotEntry, 'SnapshotEntry');

/** Path below the root of the volume; `..` and control characters other than in names are refused. */
export const EntryPath = T.String({
  minLength: 1,
  maxLength: 4096,
  pattern: '^/(?!(?:.*/)?\\.{1,2}(?:/|$))[^\\u0000]*$',
  description: 'Path below the root of the volume, such as `/logs/app.log`.',
});

export const ArchiveFormat = words('ArchiveFormat', ['tar.gz', 'tar.zst', 'tar'], 'How an archive is compressed.');
export type ArchiveFormat = Static<typeof ArchiveFormat>;
