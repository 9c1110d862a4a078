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
import { actions, causes } from './can-access.ts';
import { fileCapabilities } from './capabilities.ts';

export const Id = T.Integer({
  minimum: 0,
  maximum: 2 ** 32 - 2,
  format: 'int64',
  'x-gql': 'Count',
  description: 'Number of a user or group.',
});

export const PermissionAction = words(
  'PermissionAction',
  actions,
  'What can be done with an entry: list a folder and use what is in it, read and write a file, create in a folder, delete an entry.',
);
export const PermissionCause = words(
  'PermissionCause',
  causes,
  'What denies: the bits of the owner, of the group or of others, an entry of the ACL or its mask, the sticky bit of a folder, or the mount.',
);
export const FileCapability = words(
  'FileCapability',
  fileCapabilities,
  'Linux capabilities that decide about access to files.',
);

/** A user that is asked about besides the containers. */
export const PermissionSubjectInput = object(
  {
    user: T.String({
      pattern: '^\\d{1,10}(:\\d{1,10})?$',
      maxLength: 21,
      description: 'Numbers of user and group, as of `--user`; without a group it is group 0.',
      examples: ['1000:1000'],
    }),
    groups: T.Optional(T.Array(Id, { maxItems: 64, description: 'Supplementary groups.' })),
    capabilities: T.Optional(
      T.Array(FileCapability, {
        maxItems: 3,
        uniqueItems: true,
        description: 'In effect; none when not given, and for root what Docker gives.',
      }),
    ),
    readOnly: T.Optional(T.Boolean({ default: false, description: 'Whether the mount would be read-only.' })),
  },
  { $id: 'PermissionSubjectInput', description: 'Somebody who might use the volume, in the numbers of the host.' },
);
export type PermissionSubjectInput = Static<typeof PermissionSubjectInput>;

const AccessCause = object(
  {
    cause: PermissionCause,
    sentence: T.String({ description: 'Which entry denies it and why.' }),
    entries: Count,
    paths: T.Array(T.String(), { description: 'Some of the entries, from the root of the mount.' }),
  },
  { $id: 'AccessCause', description: 'One reason why entries cannot be used.' },
);

const AccessCount = object(
  { action: PermissionAction, allowed: Count, denied: Count, causes: T.Array(AccessCause) },
  {
    $id: 'AccessCount',
    description: 'How many entries can be used in one way, and the most frequent reasons why others cannot.',
  },
);

const AccessSubject = object(
  {
    uid: Id,
    gid: Id,
    groups: T.Array(Id, { description: 'All its groups.' }),
    hostUid: nullable(Id),
    capabilities: T.Array(FileCapability, { description: 'Those in effect that decide about files.' }),
    from: T.String({
      description: 'How it was asked for, such as `--user www-data`; empty when neither container nor image says.',
    }),
  },
  {
    $id: 'AccessSubject',
    description: 'Who somebody is, in the numbers of the container; `hostUid` where the engine maps users.',
  },
);

const RootEntry = object(
  {
    mode: T.String({ description: 'Octal.' }),
    uid: Id,
    gid: Id,
    acl: T.Array(T.String(), { description: 'As `getfacl` writes it, with numbers; empty without an ACL.' }),
    defaultAcl: T.Array(T.String()),
  },
  { $id: 'RootEntry', description: 'Owner and mode of a mounted folder itself.' },
);
export type RootEntry = Static<typeof RootEntry>;

export const ConsumerAccess = object(
  {
    container: nullable(T.String({ description: 'Name of the container; null for somebody who was asked about.' })),
    state: nullable(T.String({ description: 'State of the container.' })),
    target: nullable(T.String({ description: 'Where the container has it.' })),
    folder: T.String({ description: 'Folder of the volume that is mounted; empty for its root.' }),
    readOnly: T.Boolean(),
    subject: nullable(AccessSubject),
    problem: nullable(T.String({ description: 'Why it is not known what it may do.' })),
    root: nullable(RootEntry),
    access: T.Array(AccessCount),
  },
  { $id: 'ConsumerAccess', description: 'What a container, or somebody who was asked about, may do in a volume.' },
);
export type ConsumerAccess = Static<typeof ConsumerAccess>;

/** As it is kept: whose container it is decides who is told its name. */
export const KeptConsumer = object({
  project: nullable(T.String()),
  containerId: nullable(T.String()),
  access: ConsumerAccess,
});
export type KeptConsumer = Static<typeof KeptConsumer>;

const summary = {
  id: Uuid,
  host: HostName,
  volume: T.String(),
  project: nullable(ProjectName),
  entries: T.Integer({ ...Count, description: 'Entries that were looked at.' }),
  complete: T.Boolean({ description: 'Whether that was all that there is within the depth.' }),
  vanished: T.Integer({ ...Count, description: 'Entries that went away meanwhile.' }),
  requestedBy: T.String(),
  checkedAt: DateTime,
};

export const PermissionCheck = object(
  { ...summary, consumers: T.Array(ConsumerAccess) },
  {
    $id: 'PermissionCheck',
    description: 'Who may do what in a volume, and which entry denies it. It has the id of the job that made it.',
  },
);
export type PermissionCheck = Static<typeof PermissionCheck>;
export const PermissionCheckPage = page(PermissionCheck, 'PermissionCheck');

/** How much of a volume is looked at. */
export const extent = {
  depth: T.Optional(
    T.Integer({
      minimum: 0,
      maximum: 1000,
      description: 'Folders below the root that are looked into; 0: the root alone. All when not given.',
    }),
  ),
  entries: T.Optional(
    T.Integer({
      minimum: 1,
      maximum: 100_000_000,
      default: 1_000_000,
      description: 'Entries that are looked at, at most.',
    }),
  ),
};
