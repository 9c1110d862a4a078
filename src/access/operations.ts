import { fail } from '../errors.ts';
import { command, query } from '../operation.ts';
import { object, ProjectName, paging, T, Uuid } from '../schema.ts';
import * as bindings from './binding-store.ts';
import * as model from './model.ts';
import { bindingTarget, newBindingTarget } from './targets.ts';

export const createSession = command('sessions.create', {
  permission: 'read',
  reach: 'authenticated',
  summary: 'Exchange an API key for a short-lived token',
  input: object({}),
  output: model.Session,
  async run({ ports, actor }) {
    // Else a session that was stolen could be prolonged for as long as its key is valid.
    if (actor.isSession) throw fail('forbidden', 'A session is not prolonged; exchange the API key for a new one.');
    if (actor.key === undefined)
      throw fail('forbidden', 'Only API keys are exchanged for sessions; a token of the issuer is used as it is.');
    const { token, expiresAt } = ports.sessions.sign(`key:${Buffer.from(actor.key.hash).toString('base64url')}`);
    return { token, tokenType: 'Bearer' as const, expiresAt: expiresAt.toISOString() };
  },
});

export const getIdentity = query('sessions.get', {
  permission: 'read',
  reach: 'authenticated',
  summary: 'Who the credential belongs to',
  input: object({}),
  output: model.Identity,
  run: async ({ actor: { subject, name, grants, key } }) => ({
    subject,
    name,
    roles: [...grants],
    key: key?.id ?? null,
  }),
});

export const createRoleBinding = command('roleBindings.create', {
  permission: 'administer',
  reach: newBindingTarget,
  summary: 'Give a subject a role',
  description: 'Nobody gives more than they have: who administers a project gives roles on that project.',
  input: object({ subject: model.Subject, role: model.RoleName, project: T.Optional(ProjectName) }),
  output: model.RoleBinding,
  async run({ ports, actor, onceId }, { subject, role, project = null }) {
    return await bindings.createBinding(ports, { id: onceId, subject, role, project, createdBy: actor.subject });
  },
});

export const listRoleBindings = query('roleBindings.list', {
  permission: 'administer',
  reach: 'anything',
  summary: 'List role bindings, newest first',
  input: object({ subject: T.Optional(model.Subject), ...paging }),
  output: model.RoleBindingPage,
  run: ({ ports, scope }, { subject, limit = 50, cursor }) =>
    bindings.listBindings(ports.db, scope, subject, limit, cursor),
});

export const deleteRoleBinding = command('roleBindings.delete', {
  permission: 'administer',
  reach: bindingTarget,
  summary: 'Take a role away',
  input: object({ binding: Uuid }),
  output: model.RoleBinding,
  async run({ ports }, { binding }) {
    const row = found(await bindings.findBinding(ports.db, binding), bindingTarget.absent({ binding }));
    await bindings.deleteBinding(ports, binding);
    return row;
  },
});

function found<Row>(row: Row | null, absent: Error): Row {
  if (row === null) throw absent;
  return row;
}
