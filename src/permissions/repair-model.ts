import {
  Count,
  DateTime,
  HostName,
  nullable,
  object,
  ProjectName,
  page,
  type Static,
  T,
  Uuid,
  words,
} from '../schema.ts';
import { databaseKinds } from './guard-databases.ts';
import { Id } from './model.ts';

export const RepairState = words(
  'PermissionRepairState',
  ['planned', 'applying', 'applied', 'undoing', 'undone'],
  'What has become of a repair. While it is `applying` or `undoing` its job runs, or has failed and left it so.',
);
export type RepairState = Static<typeof RepairState>;

const Mode = (what: string, examples: string[]) =>
  T.Optional(
    T.String({
      minLength: 1,
      maxLength: 64,
      description: `Mode of ${what}, as chmod takes it: octal digits for all bits, or symbolic such as \`u=rwX,go-w\`. They stay as they are when not given.`,
      examples,
    }),
  );

const RepairWriter = object(
  { user: T.Optional(Id), group: T.Optional(Id) },
  { $id: 'PermissionWriter', description: 'A user or a group; one of the two.' },
);

/** What a repair can be asked for. */
export const repairWishes = {
  owner: T.Optional(Id),
  group: T.Optional(Id),
  folderMode: Mode('folders', ['u=rwx,g=rwxs,o=', '2775']),
  fileMode: Mode('files', ['u=rw,g=rw,o=', '0664']),
  writers: T.Optional(
    T.Array(RepairWriter, {
      maxItems: 32,
      description:
        'Users and groups that an ACL lets read and write besides; a default ACL on folders gives them what is made there later too.',
    }),
  ),
  exclude: T.Optional(
    T.Array(T.String({ minLength: 1, maxLength: 1024, pattern: '^[^/]' }), {
      maxItems: 100,
      description: 'Paths from the root of the volume that are left as they are, with all that is in them.',
      examples: [['pgdata']],
    }),
  ),
};

/** A repair as it is kept. */
export const RepairRequest = object(repairWishes, {
  $id: 'PermissionRepairRequest',
  description: 'What a repair was asked for.',
});
export type RepairRequest = Static<typeof RepairRequest>;

export const PermissionChangeKind = words(
  'PermissionChangeKind',
  ['owner', 'folder_mode', 'file_mode', 'acl'],
  'What changes: owner and group, the mode of folders or of files, or the ACL.',
);

const PermissionChange = object(
  {
    what: PermissionChangeKind,
    from: nullable(T.String({ description: '`uid:gid`, or a mode in octal digits.' })),
    to: nullable(T.String()),
    entries: Count,
    paths: T.Array(T.String(), { description: 'Some of the entries.' }),
  },
  { $id: 'PermissionChange', description: 'Entries that change in the same way.' },
);

const Standing = object(
  { mode: T.String({ description: 'Octal.' }), uid: Id, gid: Id },
  { $id: 'PermissionStanding', description: 'Owner and mode of an entry.' },
);

export const DatabaseKind = words('PermissionDatabaseKind', databaseKinds, 'A database whose files are known.');

const DatabaseFolder = object(
  { kind: DatabaseKind, path: T.String() },
  { $id: 'DatabaseFolder', description: 'The data of a database in a volume.' },
);

/** What the helper has worked out, as it is kept. */
export const RepairPlan = object({
  entries: Count,
  changed: Count,
  changes: T.Array(PermissionChange),
  rootBefore: Standing,
  rootAfter: Standing,
  databases: T.Array(DatabaseFolder),
  refusals: T.Array(T.String()),
});
export type RepairPlan = Static<typeof RepairPlan>;

export const PermissionRepair = object(
  {
    id: Uuid,
    host: HostName,
    volume: T.String(),
    project: nullable(ProjectName),
    state: RepairState,
    request: RepairRequest,
    entries: T.Integer({ ...Count, description: 'Entries of the volume, its root included.' }),
    changed: T.Integer({ ...Count, description: 'Those that change.' }),
    changes: T.Array(PermissionChange),
    rootBefore: Standing,
    rootAfter: Standing,
    databases: T.Array(DatabaseFolder, { description: 'Data of databases that was found.' }),
    refusals: T.Array(T.String(), {
      description: 'Why it would break a database; with any of them it is not applied.',
    }),
    createdBy: T.String(),
    createdAt: DateTime,
    expiresAt: T.String({ ...DateTime, description: 'Until when it can be applied.' }),
    job: nullable(T.String({ format: 'uuid', 'x-gql': 'ID', description: 'Job that applies it.' })),
    undoJob: nullable(T.String({ format: 'uuid', 'x-gql': 'ID', description: 'Job that undoes it.' })),
    undoUntil: nullable(T.String({ ...DateTime, description: 'Until when it can be undone.' })),
  },
  {
    $id: 'PermissionRepair',
    description:
      'A change of owners and modes in a volume: its plan, and what has become of it. It has the id of the job that planned it.',
  },
);
export type PermissionRepair = Static<typeof PermissionRepair>;
export const PermissionRepairPage = page(PermissionRepair, 'PermissionRepair');
