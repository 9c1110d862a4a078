import type { Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { command, query } from '../operation.ts';
import { DateTime, object, paging, T, Uuid } from '../schema.ts';
import { commonGrants } from './common-grants.ts';
import { countUsableKeys, findKey, keysFrom, listKeys, revokeKey } from './key-store.ts';
import { makeKey, requireKeyMaker } from './make-key.ts';
import * as model from './model.ts';
import type { Actor, Grant } from './roles.ts';
import { rotateKey } from './rotate-key.ts';
import { keyTarget, toGrant } from './targets.ts';

const mostKeys = 50;

export const createOwnToken = command('ownTokens.create', {
  permission: 'read',
  reach: 'authenticated',
  summary: 'Make an API key for oneself',
  description:
    'It acts for the same subject, with all of its roles or those that are named, and is never worth more than the credential that it is made with is worth then; it ends with it.',
  input: object({
    name: model.KeyName,
    roles: T.Optional(T.Array(model.GrantInput, { minItems: 1, maxItems: 100 })),
    expiresAt: T.Optional(DateTime),
  }),
  output: model.NewApiKey,
  async run(context, { name, roles, expiresAt }) {
    const { ports, actor } = context;
    const limits = roles?.map(toGrant) ?? null;
    requireOwn(actor, limits ?? []);
    if ((await countUsableKeys(ports.db, actor.subject)) >= mostKeys)
      throw fail('token_limit_reached', `${actor.subject} has ${mostKeys} API keys; revoke those that nobody uses.`);
    const boundTo = actor.key === undefined ? null : `key:${actor.key.id}`;
    return await makeKey(context, { name, subject: actor.subject, boundTo, limits, grants: [], expiresAt });
  },
});

export const listOwnTokens = query('ownTokens.list', {
  permission: 'read',
  reach: 'authenticated',
  summary: "List one's own API keys, newest first",
  description: 'A user sees all of theirs; with an API key one sees that one and what hangs on it.',
  input: object({ ...paging }),
  output: model.ApiKeyPage,
  async run({ ports, actor }, { limit = 50, cursor }) {
    const { subject, key } = actor;
    const filter = key === undefined ? { subject } : { ids: await keysFrom(ports.db, key.id) };
    return await listKeys(ports.db, filter, limit, cursor);
  },
});

export const rotateOwnToken = command('ownTokens.rotate', {
  permission: 'read',
  reach: 'authenticated',
  summary: "Give one of one's own tokens a new key",
  description: 'It stays the same token. The key that there was is good for `overlapSeconds` more.',
  input: object({ token: Uuid, overlapSeconds: T.Optional(model.OverlapSeconds) }),
  output: model.NewApiKey,
  async run({ ports, actor, onceId }, { token, overlapSeconds = 3600 }) {
    requireKeyMaker(actor);
    await requireOwnKey(ports.db, actor, token);
    return await rotateKey(ports, token, { onceId, overlapSeconds });
  },
});

export const revokeOwnToken = command('ownTokens.revoke', {
  permission: 'read',
  reach: 'authenticated',
  summary: "Revoke one of one's own API keys",
  description: 'Also the one that is sent. What hangs on it ends with it.',
  input: object({ token: Uuid }),
  output: model.ApiKey,
  async run({ ports, actor }, { token }) {
    await requireOwnKey(ports.db, actor, token);
    await revokeKey(ports, token);
    const revoked = await findKey(ports.db, token);
    if (revoked === null) throw keyTarget.absent({ token });
    return revoked;
  },
});

/** Throws `forbidden` for who has nothing to give, and for roles that the caller does not have. */
function requireOwn(actor: Actor, wanted: readonly Grant[]): void {
  if (actor.grants.length === 0) throw fail('forbidden', `${actor.subject} has no role that a key could carry.`);
  const beyond = wanted.find(({ role, project }) =>
    commonGrants([{ role, project }], actor.grants).every((grant) => grant.role !== role || grant.project !== project),
  );
  if (beyond === undefined) return;
  const where = beyond.project === null ? 'on everything' : `on project "${beyond.project}"`;
  throw fail('forbidden', `You do not have the role ${beyond.role} ${where} yourself.`);
}

/** With a key one gets at what hangs on it, not at other keys of the same subject: those may be worth more. */
async function requireOwnKey(db: Reader, { subject, key }: Actor, token: string): Promise<void> {
  const isOwn =
    key === undefined
      ? (await findKey(db, token))?.subject === subject
      : (await keysFrom(db, key.id)).includes(token.toLowerCase());
  if (!isOwn) throw keyTarget.absent({ token });
}
