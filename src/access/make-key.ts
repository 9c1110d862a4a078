import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { apiKeyOf, hashOf, prefixOf } from './api-key.ts';
import { instantOf } from './instant.ts';
import { longestChain } from './key-chain.ts';
import { createKey, type NewKey } from './key-store.ts';
import type { ApiKey } from './model.ts';
import type { Actor } from './roles.ts';

/** A key as it is asked for. */
export interface KeyWish extends Pick<NewKey, 'name' | 'subject' | 'boundTo' | 'limits' | 'grants'> {
  readonly expiresAt: string | undefined;
}

/**
 * Makes a key, whose id is that of the call. It ends no later than the key that it is made with. Throws `forbidden` for a
 * session, and `invalid_input` for an expiry that is past or later than that.
 */
export async function makeKey(
  { ports, actor, onceId }: AdmittedContext,
  { expiresAt, ...wish }: KeyWish,
): Promise<ApiKey & { key: string }> {
  requireKeyMaker(actor);
  const key = apiKeyOf(ports.vault, onceId);
  const made = await createKey(ports.db, {
    ...wish,
    id: onceId,
    prefix: prefixOf(key),
    hash: hashOf(key),
    createdBy: actor.subject,
    expiresAt: expiryOf(actor, expiresAt),
  });
  return { ...made, key };
}

/** Throws `forbidden` for who must not get at a key: what is made in a session would outlast it. */
export function requireKeyMaker({ isSession, key }: Actor): void {
  if (isSession) throw fail('forbidden', 'A session gets at no API key; send the API key itself.');
  if (key !== undefined && key.depth > longestChain)
    throw fail('forbidden', `This key hangs on ${longestChain} others, each made with the one before; it makes none.`);
}

function expiryOf({ key }: Actor, wished: string | undefined): Date | null {
  const expiry = instantOf('expiresAt', wished) ?? key?.expiresAt ?? null;
  if (wished !== undefined && expiry !== null && expiry.getTime() <= Date.now())
    throw fail('invalid_input', `/expiresAt: ${wished} is not in the future.`);
  requireNoLongerThan(key, expiry);
  return expiry;
}

/** Throws `invalid_input` for an expiry that is later than that of the key that was sent. */
export function requireNoLongerThan(key: Actor['key'], expiry: Date | null): void {
  const latest = key?.expiresAt ?? null;
  if (latest === null || (expiry !== null && expiry <= latest)) return;
  throw fail(
    'invalid_input',
    `/expiresAt: the API key that you send ends at ${latest.toISOString()}; what it makes cannot end later.`,
  );
}
