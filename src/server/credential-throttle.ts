import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { type Failure, fail } from '../errors.ts';

const mostPlaces = 10_000;
const mostKnown = 10_000;

/** Slows down who tries credentials. It counts in memory, so of n replicas together n times as many are tried. */
export interface CredentialThrottle {
  /** Why a credential is not even looked at: too many wrong ones came from this address, and it has never been a good one. */
  refusal(address: string, credential: string): Failure | null;
  /** Notes a good credential. */
  wasGood(credential: string): void;
  /** Notes a wrong one; what is answered when there were too many from this address, or of this prefix of a key. */
  wasWrong(address: string, credential: string): Failure | null;
}

/**
 * `perMinute` wrong credentials are let through at once, then as many in each minute. An address that is over it has to wait,
 * but for credentials that were good before: others may stand behind the same address. The prefix of a key is no secret, so
 * wrong keys with it make nobody wait who has the right one.
 */
export function credentialThrottle(perMinute: number, now: () => number = Date.now): CredentialThrottle {
  const places = new Map<string, { left: number; at: number }>();
  const known = new Set<string>();

  /** What is left at a place; the one that was not used for the longest time is forgotten when there are too many. */
  function leftAt(place: string): { left: number; at: number } {
    const at = now();
    const before = places.get(place) ?? { left: perMinute, at };
    const left = Math.min(perMinute, before.left + ((at - before.at) / 60_000) * perMinute);
    return { left, at };
  }

  function spend(place: string): number {
    const { left, at } = leftAt(place);
    const rest = Math.max(0, left - 1);
    places.delete(place);
    places.set(place, { left: rest, at });
    forgetFirst(places, mostPlaces);
    return left;
  }

  function tooMany(left: number): Failure | null {
    if (left >= 1) return null;
    const seconds = Math.ceil(((1 - left) * 60) / perMinute);
    return fail('rate_limited', {
      detail: `Too many wrong credentials were sent; try again in ${seconds} s, with one that is good.`,
      retryAfterSeconds: seconds,
    });
  }

  return {
    refusal: (address, credential) => (known.has(digestOf(credential)) ? null : tooMany(leftAt(placeOf(address)).left)),
    wasGood(credential) {
      const digest = digestOf(credential);
      known.delete(digest);
      known.add(digest);
      forgetFirst(known, mostKnown);
    },
    wasWrong(address, credential) {
      known.delete(digestOf(credential));
      const [, prefix] = /^Bearer +(stw_[0-9a-f]{8})_/i.exec(credential) ?? [];
      const lefts = [spend(placeOf(address)), ...(prefix === undefined ? [] : [spend(prefix)])];
      return tooMany(Math.min(...lefts));
    },
  };
}

function forgetFirst(held: Map<string, unknown> | Set<string>, most: number): void {
  if (held.size <= most) return;
  const [first] = held.keys();
  if (first !== undefined) held.delete(first);
}

function digestOf(credential: string): string {
  return createHash('sha256').update(credential).digest('base64');
}

/** Whoever has an IPv6 address has 2^64 of them. */
function placeOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = address.includes('::') ? 8 - groups.length - (tail === '' ? 0 : tail.split(':').length) : 0;
  return [...groups, ...Array.from({ length: Math.max(0, missing) }, () => '0')].slice(0, 4).join(':');
}
