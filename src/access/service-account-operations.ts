import { command, query } from '../operation.ts';
import { DateTime, expectedVersion, object, ProjectName, paging, T, Uuid } from '../schema.ts';
import { makeKey } from './make-key.ts';
import * as model from './model.ts';
import * as store from './service-account-store.ts';
import { accountTarget, newAccountTarget, toGrant } from './targets.ts';

export const createServiceAccount = command('serviceAccounts.create', {
  permission: 'administer',
  reach: newAccountTarget,
  summary: 'Make a service account',
  description: 'A subject that roles are bound to, with keys of its own. It has no role at first.',
  input: object({
    name: model.AccountName,
    project: T.Optional(ProjectName),
    description: T.Optional(model.AccountDescription),
  }),
  output: model.ServiceAccount,
  run: ({ ports, actor, onceId }, { name, project = null, description = '' }) =>
    store.createAccount(ports, { id: onceId, name, project, description, createdBy: actor.subject }),
});

export const listServiceAccounts = query('serviceAccounts.list', {
  permission: 'administer',
  reach: 'anything',
  summary: 'List service accounts, newest first',
  input: object({ ...paging }),
  output: model.ServiceAccountPage,
  run: ({ ports, scope }, { limit = 50, cursor }) => store.listAccounts(ports.db, scope, limit, cursor),
});

export const getServiceAccount = query('serviceAccounts.get', {
  permission: 'administer',
  reach: accountTarget,
  summary: 'Read a service account',
  input: object({ account: Uuid }),
  output: model.ServiceAccount,
  run: ({ ports }, { account }) => found(store.findAccount(ports.db, account), account),
});

export const updateServiceAccount = command('serviceAccounts.update', {
  permission: 'administer',
  reach: accountTarget,
  summary: 'Disable or enable a service account, or describe it',
  description: 'The keys of a disabled one are refused at once, and are good again when it is enabled.',
  input: object({
    account: Uuid,
    isDisabled: T.Optional(T.Boolean()),
    description: T.Optional(model.AccountDescription),
    expectedVersion,
  }),
  output: model.ServiceAccount,
  async run({ ports }, { account, expectedVersion: version, ...patch }) {
    await store.updateAccount(ports, account, patch, version);
    return await found(store.findAccount(ports.db, account), account);
  },
});

export const deleteServiceAccount = command('serviceAccounts.delete', {
  permission: 'administer',
  reach: accountTarget,
  summary: 'Delete a service account',
  description: 'Its keys end and its roles are taken away, at once. Its name is not given again.',
  input: object({ account: Uuid }),
  output: model.ServiceAccount,
  async run({ ports }, { account }) {
    const row = await found(store.findAccount(ports.db, account), account);
    await store.deleteAccount(ports, row);
    return row;
  },
});

export const createServiceAccountToken = command('serviceAccounts.createToken', {
  permission: 'administer',
  reach: accountTarget,
  summary: 'Make an API key of a service account',
  description:
    'With all of its roles, or narrowed to those that are named. The key is in the answer, and nowhere else.',
  input: object({
    account: Uuid,
    name: model.KeyName,
    roles: T.Optional(T.Array(model.GrantInput, { minItems: 1, maxItems: 100 })),
    expiresAt: T.Optional(DateTime),
  }),
  output: model.NewApiKey,
  async run(context, { account, name, roles, expiresAt }) {
    const { subject } = await found(store.findAccount(context.ports.db, account), account);
    const limits = roles?.map(toGrant) ?? null;
    return await makeKey(context, { name, subject, boundTo: null, limits, grants: [], expiresAt });
  },
});

async function found(row: Promise<model.ServiceAccount | null>, account: string): Promise<model.ServiceAccount> {
  const existing = await row;
  if (existing === null) throw accountTarget.absent({ account });
  return existing;
}
