import { ContainerState } from '../containers/model.ts';
import { MountSpecification } from '../mounts/read.ts';
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
import { EnvironmentName } from '../volumes/model.ts';
import { ShareAccess, ShareName } from './model.ts';

export const AttachmentState = words(
  'ShareAttachmentState',
  ['granted', 'attached', 'detached', 'expired', 'revoked', 'released'],
  'Granted: no container has been seen yet. Attached: one mounts it. Detached: none does any more. Expired, revoked: the rule that it was given by ended so. Released: it was given up.',
);
export type AttachmentState = Static<typeof AttachmentState>;

const AttachmentUser = object(
  { uid: Count, gid: Count },
  {
    $id: 'ShareAttachmentUser',
    description: 'Owner of the root of the volume, as it was seen last: a user that can use it (`--user uid:gid`).',
  },
);

const AttachedContainer = object(
  { id: T.String(), name: T.String(), readOnly: T.Boolean() },
  { $id: 'ShareAttachedContainer', description: 'A container that mounts a share as an attachment says.' },
);

export const ShareAttachment = object(
  {
    id: Uuid,
    share: ShareName,
    rule: nullable(
      T.String({
        format: 'uuid',
        'x-gql': 'ID',
        description: 'The rule that it was given by; null for the project of the share.',
      }),
    ),
    project: nullable(ProjectName),
    environment: nullable(EnvironmentName),
    container: nullable(
      T.String({ description: 'Name of the container that it is for; null for any of the project.' }),
    ),
    target: T.String({ description: 'Path in the container.' }),
    access: ShareAccess,
    state: AttachmentState,
    specification: MountSpecification,
    user: nullable(AttachmentUser),
    containers: T.Array(AttachedContainer, { description: 'Those that mount it now.' }),
    createdBy: T.String(),
    createdAt: DateTime,
    attachedAt: nullable(
      T.String({ format: 'date-time', 'x-gql': 'DateTime', description: 'When such a container was seen first.' }),
    ),
    releasedAt: nullable(DateTime),
  },
  {
    $id: 'ShareAttachment',
    description:
      'That somebody was told how to mount a share, and what became of it. The specification is not quoted for a shell.',
  },
);
export type ShareAttachment = Static<typeof ShareAttachment>;
export const ShareAttachmentPage = page(ShareAttachment, 'ShareAttachment');

const ConsumerContainer = object(
  {
    id: T.String(),
    name: T.String(),
    state: ContainerState,
    project: nullable(ProjectName),
    environment: nullable(EnvironmentName),
  },
  { $id: 'ShareConsumerContainer', description: 'A container that uses a share.' },
);

export const ShareConsumer = object(
  {
    share: ShareName,
    host: HostName,
    container: ConsumerContainer,
    target: T.String({ description: 'Path in the container.' }),
    type: T.String({ description: "Docker's type of the mount." }),
    source: T.String({ description: 'Path on the host.' }),
    by: words(
      'ShareUseBy',
      ['name', 'path'],
      'How the volume is reached: under its name, or by a path that leads into it.',
    ),
    access: ShareAccess,
    granted: nullable(ShareAccess),
    rule: nullable(
      T.String({
        format: 'uuid',
        'x-gql': 'ID',
        description: 'The rule that decided; null for the project of the share, and where there is none.',
      }),
    ),
    attachments: T.Array(Uuid, { description: 'The attachments that it may have been made by.' }),
    isViolation: T.Boolean(),
    reason: T.String({ description: 'Why it is allowed, or is not.' }),
  },
  {
    $id: 'ShareConsumer',
    description:
      'A mount by which a container uses a shared volume: `access` as it really is, `granted` as the rules give it (null: not at all).',
  },
);
export type ShareConsumer = Static<typeof ShareConsumer>;
export const ShareConsumerPage = page(ShareConsumer, 'ShareConsumer');
