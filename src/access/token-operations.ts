import { fail } from '../errors.ts';
import { command, query } from '../operation.ts';
import { DateTime, object, paging, T, Uuid } from '../schema.ts';
import { findKey, listKeys, revokeKey } from './key-store.ts';
import { makeKey, requireKeyMaker, requireNoLongerThan } from './make-key.ts';
import * as model from './model.ts';
import { type Actor, credentialOf, scopeOf } from './roles.ts';
import { rotateKey } from './rotate-key.ts';
import { keyTarget, newKeyTarget, toGrant } from './targets.ts';

export const createToken = command('tokens.create', {
  permission: 'administer',
  reach: newKeyTarget,
  summary: 'Make an API key with roles of its own',
  description:
    'The key is in the answer, and nowhere else. It carries no more than its maker may give, ends no later than the key that it is made with, and unless its maker administers everything it is never worth more than its maker is worth then.',
  input: object({
    name: model.KeyName,
    roles: T.Array(model.GrantInput, { minItems: 1, maxItems: 100 }),
    expiresAt: T.Optional(DateTime),
  }),
  output: model.NewApiKey,
  run: (context, { name, roles, expiresAt }) =>
    makeKey(context, {
      name,
      subject: `key:${context.onceId}`,
      boundTo: boundOf(context.actor),
      limits: null,
      grants: roles.map(toGrant),
      expiresAt,
    }),
});

export const listTokens = query('tokens.list', {
  permission: 'administer',
  reach: 'anything',
  summary: 'List API keys, newest first',
  input: object({ subject: T.Optional(model.Subject), ...paging }),
  output: model.ApiKeyPage,
  run: ({ ports, scope }, { subject, limit = 50, cursor }) => listKeys(ports.db, { scope, subject }, limit, cursor),
});

export const getToken = query('tokens.get', {
  permission: 'administer',
  reach: keyTarget,
  summary: 'Read an API key',
  input: object({ token: Uuid }),
  output: model.ApiKey,
  run: ({ ports }, { token }) => found(findKey(ports.db, token), token),
});

export const rotateToken = command('tokens.rotate', {
  permission: 'administer',
  reach: keyTarget,
  summary: 'Give a token a new key',
  description: 'It stays the same token. The key that there was is good for `overlapSeconds` more.',
  input: object({ token: Uuid, overlapSeconds: T.Optional(model.OverlapSeconds) }),
  output: model.NewApiKey,
  async run({ ports, actor, onceId }, { token, overlapSeconds = 3600 }) {
    requireKeyMaker(actor);
    const { subject, expiresAt } = await found(findKey(ports.db, token), token);
    if (subject.startsWith('user:') && subject !== actor.subject)
      throw fail(
        'forbidden',
        'The key of a user is rotated by that user: whoever has it is taken for them. Revoke it.',
      );
    requireNoLongerThan(actor.key, expiresAt === null ? null : new Date(expiresAt));
    return await rotateKey(ports, token, { onceId, overlapSeconds });
  },
});

export const revokeToken = command('tokens.revoke', {
  permission: 'administer',
  reach: keyTarget,
  summary: 'Revoke an API key',
  description: 'It, the sessions made from it and the keys that are bound to it end at once.',
  input: object({ token: Uuid }),
  output: model.ApiKey,
  async run({ ports }, { token }) {
    await revokeKey(ports, token);
    return await found(findKey(ports.db, token), token);
  },
});

/** Who administers everything gives for good, as with a role binding; what others make hangs on them. */
function boundOf(actor: Actor): string | null {
  return scopeOf(actor, 'administer') === 'all' ? null : credentialOf(actor);
}

async function found(row: Promise<model.ApiKey | null>, token: string): Promise<model.ApiKey> {
  const key = await row;
  if (key === null) throw keyTarget.absent({ token });
  return key;
}
