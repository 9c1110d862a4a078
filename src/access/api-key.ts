import { createHash, createHmac } from 'node:crypto';
import type { Vault } from '../vault.ts';

/** `stw_`, the beginning of the key's id, and 32 bytes that nobody can guess. */
const pattern = /^stw_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$/;

/**
 * The key of a token: made from its id, and that of its last rotation, under the master key, so that a call which is
 * repeated after a crash shows the same one. Whoever has the database alone can neither read nor make a key.
 */
export function apiKeyOf(vault: Vault, id: string, rotation: string | null = null): string {
  const seed = rotation === null ? id : `${id}/${rotation}`;
  const secret = createHmac('sha256', vault.derive('api-key')).update(seed).digest('base64url');
  return `stw_${id.slice(0, 8)}_${secret}`;
}

/** Whether a bearer credential has the form of an API key. */
export function looksLikeApiKey(credential: string): boolean {
  return pattern.test(credential);
}

/** The part of a key that may be shown, to recognise it by. */
export function prefixOf(key: string): string {
  return key.slice(0, 'stw_'.length + 8);
}

/** What is stored of a key. It has 256 random bits, so a plain hash cannot be searched. */
export function hashOf(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(key).digest());
}
