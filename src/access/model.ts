import {
  Count,
  DateTime,
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
import { roleNames } from './roles.ts';

export const RoleName = words(
  'Role',
  roleNames,
  'viewer reads; operator backs up and restores; admin does everything; auditor reads the audit.',
);

export const GrantInput = object(
  { role: RoleName, project: T.Optional(ProjectName) },
  { $id: 'GrantSpec', description: 'A role on everything, or on one project.' },
);

export const GrantOutput = object(
  { role: RoleName, project: nullable(ProjectName) },
  { $id: 'Grant', description: 'A role on everything (project null), or on one project.' },
);

/** Text without control characters, some of which PostgreSQL does not take. */
const printable = '^[^\\u0000-\\u001f\\u007f]+$';

export const KeyName = T.String({
  minLength: 1,
  maxLength: 128,
  pattern: printable,
  description: 'What the key is for.',
});

/** `key:<id>` for an API key, `service:…` for a service account, `user:<issuer>|<sub>` for a user of the OIDC issuer. */
export const Subject = T.String({
  maxLength: 512,
  pattern: `^(${[
    'key:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    'service:([a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}/)?[a-z0-9][a-z0-9._-]{0,63}',
    'user:[^\\s|\\u0000-\\u001f\\u007f]+\\|[^\\u0000-\\u001f\\u007f]+',
  ].join('|')})$`,
  description: '`key:<id>`, `service:<name>`, `service:<project>/<name>` or `user:<issuer>|<sub>`.',
});

/** A word that events are filtered by. */
export const FilterWord = T.String({ minLength: 1, maxLength: 512, pattern: printable });

export const ApiKey = object(
  {
    id: Uuid,
    name: T.String(),
    subject: T.String({ description: 'Whose rights it has: its own (`key:<id>`), a service account or a user.' }),
    prefix: T.String({ description: 'Beginning of the key, to recognise it by.' }),
    roles: T.Array(GrantOutput, { description: 'Roles of its subject, or what it was narrowed to.' }),
    boundTo: nullable(
      T.String({ description: 'Key or user that it was made with: it is worth no more than that one is worth now.' }),
    ),
    createdBy: T.String(),
    createdAt: DateTime,
    expiresAt: nullable(DateTime),
    revokedAt: nullable(DateTime),
    rotatedAt: nullable(DateTime),
    oldKeyEndsAt: nullable(
      T.String({ ...DateTime, description: 'Until when the key before the last rotation is good.' }),
    ),
    lastUsedAt: nullable(DateTime),
    lastUsedFrom: nullable(T.String({ description: 'Address of the last use.' })),
  },
  { $id: 'ApiKey', description: 'A bearer credential. The key itself is not kept.' },
);
export type ApiKey = Static<typeof ApiKey>;
export const ApiKeyPage = page(ApiKey, 'ApiKey');

export const NewApiKey = object(
  { ...ApiKey.properties, key: T.String({ description: 'The key, shown this once: `Authorization: Bearer <key>`.' }) },
  { $id: 'NewApiKey', description: 'An API key that was just made.' },
);

export const Session = object(
  {
    token: T.String({ description: 'A JWT: `Authorization: Bearer <token>`.' }),
    tokenType: T.Literal('Bearer'),
    expiresAt: DateTime,
  },
  { $id: 'Session', description: 'A short-lived token for the rights of an API key.' },
);

export const Identity = object(
  {
    subject: T.String(),
    name: T.String(),
    roles: T.Array(GrantOutput),
    key: nullable(T.String({ 'x-gql': 'ID', description: 'The API key that was sent, or that the session is of.' })),
  },
  { $id: 'Identity', description: 'Who a credential belongs to, and what that subject may do.' },
);

export const AccountName = T.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-z0-9][a-z0-9._-]*$',
  description: 'Name of a service account; of one of a project, within that project.',
});

export const AccountDescription = T.String({ maxLength: 512, pattern: '^[^\\u0000-\\u001f\\u007f]*$' });

export const ServiceAccount = object(
  {
    id: Uuid,
    subject: T.String({ description: '`service:<name>` or `service:<project>/<name>`: bind roles to it.' }),
    name: T.String(),
    project: nullable(ProjectName),
    description: T.String(),
    disabledAt: nullable(DateTime),
    createdBy: T.String(),
    createdAt: DateTime,
    version: Version,
  },
  {
    $id: 'ServiceAccount',
    description:
      'A subject that is no person, with roles and API keys of its own. One of a project has roles there only.',
  },
);
export type ServiceAccount = Static<typeof ServiceAccount>;
export const ServiceAccountPage = page(ServiceAccount, 'ServiceAccount');

export const OverlapSeconds = T.Integer({
  minimum: 0,
  maximum: 604_800,
  default: 3600,
  description: 'How long the old key is still good; an hour when not given, a week at most.',
});

export const RoleBinding = object(
  {
    id: Uuid,
    subject: T.String(),
    role: RoleName,
    project: nullable(ProjectName),
    createdBy: T.String(),
    createdAt: DateTime,
  },
  { $id: 'RoleBinding', description: 'Gives a subject a role on everything (project null), or on one project.' },
);
export type RoleBinding = Static<typeof RoleBinding>;
export const RoleBindingPage = page(RoleBinding, 'RoleBinding');

export const AuditOutcome = words('AuditOutcome', ['ok', 'failed', 'refused'], '`refused`: for want of rights.');

export const AuditEvent = object(
  {
    id: T.String({ 'x-gql': 'ID' }),
    at: DateTime,
    actor: nullable(T.String({ description: 'Subject; null when there was none.' })),
    key: nullable(T.String({ 'x-gql': 'ID', description: 'The API key that was sent; null when it was none.' })),
    operation: T.String(),
    outcome: AuditOutcome,
    code: nullable(T.String({ description: 'Error code, when it did not end well.' })),
    target: StringMap,
    project: nullable(T.String()),
    requestId: T.String(),
    via: T.String({ description: '`rest`, `graphql`, `job` or `system`.' }),
    previous: T.String({ description: 'Hash of the event before, 64 hexadecimal digits; zeros for the first.' }),
    hash: T.String({ description: 'Hash of this event: docs/audit.md tells of what.' }),
  },
  { $id: 'AuditEvent', description: 'A command that was carried out or failed, or a call that was refused.' },
);
export type AuditEvent = Static<typeof AuditEvent>;
export const AuditEventPage = page(AuditEvent, 'AuditEvent');

export const AuditFaultKind = words(
  'AuditFaultKind',
  ['changed', 'unlinked', 'missing', 'rewritten', 'forged'],
  '`changed`: the content of an event; `unlinked`: events before it were removed, inserted or moved; `missing`, `rewritten`: what was sealed; `forged`: the seal itself.',
);

export const AuditVerification = object(
  {
    isIntact: T.Boolean(),
    events: Count,
    newestEvent: nullable(T.String({ 'x-gql': 'ID' })),
    newestHash: nullable(T.String({ description: 'Keep it elsewhere: a later audit must still hold it.' })),
    sealedEvent: nullable(T.String({ 'x-gql': 'ID', description: 'The newest event with a seal.' })),
    sealedAt: nullable(DateTime),
    faultCount: Count,
    faults: T.Array(
      object(
        { event: T.String({ 'x-gql': 'ID' }), kind: AuditFaultKind, message: T.String() },
        { $id: 'AuditFault', description: 'What is wrong at an event of the audit.' },
      ),
      { description: 'The first hundred.' },
    ),
  },
  { $id: 'AuditVerification', description: 'Whether the audit is as it was written.' },
);
export type AuditVerification = Static<typeof AuditVerification>;
