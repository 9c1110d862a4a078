import {
  DateTime,
  HostName,
  nullable,
  object,
  ProjectName,
  page,
  type Static,
  T,
  Uuid,
  Version,
  words,
} from '../schema.ts';
import { EnvironmentName, VolumeName } from '../volumes/model.ts';
import { accessLevels, ruleStates, subjectKinds } from './decide.ts';

/** Text that people read: no control characters but line breaks. */
const readable = '^[^\\u0000-\\u0009\\u000b-\\u001f\\u007f]*$';

export const ShareName = T.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-z0-9][a-z0-9_.-]*$',
  description: 'Name of a share, unique in the installation.',
  examples: ['uploads'],
});

export const ShareDescription = T.String({
  maxLength: 1000,
  pattern: readable,
  description: 'What is in it, and what it may be used for.',
});

export const ShareOffer = words(
  'ShareOffer',
  ['nobody', 'projects', 'everyone'],
  'Who may find a share and ask for access, besides those whom a rule is about: nobody, some projects, or everybody with a role. To find it is not to have access.',
);

export const ShareReaction = words(
  'ShareReaction',
  ['leave', 'stop', 'pause'],
  'What becomes of a running container that mounts the volume as no rule allows.',
);

export const ShareState = words(
  'ShareState',
  ['available', 'volume_missing', 'volume_reassigned'],
  'Whether the share holds: the volume may be gone, or belong to another project by now. Then no rule of it counts.',
);

export const OfferedProjects = T.Array(ProjectName, {
  maxItems: 100,
  uniqueItems: true,
  description: 'For `offeredTo`: projects.',
});

export const Share = object(
  {
    id: Uuid,
    name: ShareName,
    host: HostName,
    volume: VolumeName,
    project: nullable(ProjectName),
    environment: nullable(EnvironmentName),
    description: T.String(),
    offeredTo: ShareOffer,
    offeredProjects: T.Array(ProjectName, { description: 'Those of them that the caller may see.' }),
    onViolation: ShareReaction,
    state: ShareState,
    createdBy: T.String(),
    createdAt: DateTime,
    version: Version,
  },
  {
    $id: 'Share',
    description:
      'A volume that is offered under a name. Project and environment are those of the volume; a share belongs to the project that the volume belonged to when it was made.',
  },
);
export type Share = Static<typeof Share>;
export const SharePage = page(Share, 'Share');

export const SubjectKind = words(
  'ShareSubjectKind',
  subjectKinds,
  'Whom a rule is about: a user or service (subject of a credential), who has a role on a project, the containers of a project, the containers of a project that have a label, or a client certificate of the engine.',
);

export const ShareAccess = words(
  'ShareAccess',
  accessLevels,
  '`ro`: read. `rw`: read and write. Neither lets anybody delete, restore or assign the volume.',
);

export const ShareRuleState = words(
  'ShareRuleState',
  ruleStates,
  'Where a rule is in its life: only an active one gives access; the last three are final.',
);

const subjectFields = {
  kind: SubjectKind,
  value: T.String({
    minLength: 1,
    maxLength: 512,
    pattern: '^[^\\u0000-\\u001f\\u007f]+$',
    description:
      'By kind: a user `user:<issuer>|<sub>`, a service `key:<id>`, a role, a project, a label `key` or `key=value`, the name in a certificate.',
    examples: ['reports'],
  }),
};

export const ShareSubjectInput = object(
  { ...subjectFields, project: T.Optional(ProjectName) },
  {
    $id: 'ShareSubjectSpec',
    description: 'Whom a rule is about. `project` is given for a role and for a label, and for nothing else.',
  },
);
export type ShareSubjectInput = Static<typeof ShareSubjectInput>;

const ShareSubject = object(
  { ...subjectFields, project: nullable(ProjectName) },
  { $id: 'ShareSubject', description: 'Whom a rule is about; a role and a label count within a project.' },
);

export const RuleReason = T.String({
  minLength: 1,
  maxLength: 1000,
  pattern: readable,
  description: 'Why; kept in the history of the rule.',
});

const RuleAction = words(
  'ShareRuleAction',
  ['requested', 'granted', 'approved', 'denied', 'revoked', 'expired'],
  'What became of a rule.',
);

const RuleEvent = object(
  { at: DateTime, actor: T.String(), action: RuleAction, reason: nullable(T.String()) },
  { $id: 'ShareRuleEvent', description: 'Something that became of a rule: when, by whom, and why.' },
);

export const ShareRule = object(
  {
    id: Uuid,
    share: ShareName,
    subject: ShareSubject,
    access: ShareAccess,
    acrossEnvironments: T.Boolean({ description: 'Whether it holds where the environments differ.' }),
    state: ShareRuleState,
    expiresAt: nullable(DateTime),
    reason: nullable(T.String()),
    createdBy: T.String({ description: 'Who granted or requested it.' }),
    createdAt: DateTime,
    history: T.Array(RuleEvent, { description: 'Oldest first.' }),
    version: Version,
  },
  { $id: 'ShareRule', description: 'Who may use a share, how, and until when.' },
);
export type ShareRule = Static<typeof ShareRule>;
export const ShareRulePage = page(ShareRule, 'ShareRule');
