import { Prisma, type Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { commonGrants } from './common-grants.ts';
import type { Actor, Grant } from './roles.ts';
import { type GrantRow, toGrants } from './subject-grants.ts';

/** A key is made with a key, which was made with a key, and so on, so often at most. */
export const longestChain = 8;

/** A key as it is looked at when it is used. */
export interface KeyLink {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly limits: readonly Grant[] | null;
  readonly boundTo: string | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** Until when it is good although it was rotated away. */
  readonly endsAt: Date | null;
  /** Whether its subject is a service account that may not be used. */
  readonly isDisabled: boolean;
}

/** A key, the keys that it hangs on, and what their subjects may do now. */
export interface KeyChain {
  /** The key itself first. */
  readonly links: readonly [KeyLink, ...KeyLink[]];
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
}

/** The chain of the key with this hash; null when nobody has it. One statement: each request asks it. */
export function chainOfHash(db: Reader, hash: Uint8Array<ArrayBuffer>): Promise<KeyChain | null> {
  return chainFrom(
    db,
    Prisma.sql`select k.*, s.hash, s.ends_at, 0 as depth
      from api_key_secrets s join api_keys k on k.id = s.key_id where s.hash = ${hash}`,
  );
}

/** The same by the id of the key, whichever of its secrets was sent. */
export function chainOfId(db: Reader, id: string): Promise<KeyChain | null> {
  return chainFrom(
    db,
    Prisma.sql`select k.*, ''::bytea as hash, null::timestamptz(3) as ends_at, 0 as depth
      from api_keys k where k.id = ${id}::uuid`,
  );
}

async function chainFrom(db: Reader, first: Prisma.Sql): Promise<KeyChain | null> {
  const rows = await db.$queryRaw<(KeyLink & { readonly granted: readonly GrantRow[] })[]>`/* kept */
    with recursive chain as (
      ${first}
      union all
      select p.*, ''::bytea, null::timestamptz(3), c.depth + 1 from chain c
      join api_keys p on p.id = case when c.bound_to like 'key:%' then substring(c.bound_to from 5)::uuid end
      where c.depth < ${longestChain}
    ), granted as (
      select subject, role, json_agg(project order by created_at, id) as projects, min(created_at) as first
      from role_bindings where subject in (select subject from chain union select bound_to from chain)
      group by subject, role
    )
    select c.id, c.name, c.subject, c.hash, c.limits, c.bound_to as "boundTo", c.expires_at as "expiresAt",
      c.revoked_at as "revokedAt", c.last_used_at as "lastUsedAt", c.ends_at as "endsAt",
      c.subject like 'service:%' and (a.id is null or a.disabled_at is not null or a.deleted_at is not null) as "isDisabled",
      (select coalesce(json_agg(granted order by first, role), '[]') from granted) as granted
    from chain c left join service_accounts a on a.subject = c.subject
    order by c.depth`;
  const [key, ...others] = rows;
  return key === undefined ? null : { links: [key, ...others], grants: toGrants(key.granted) };
}

/**
 * Who calls with a key, with the grants of this moment: those of its subject, within its own limits and within what each
 * key that it hangs on is worth. Throws `token_revoked`, `token_expired` and `service_account_disabled`, also when it is
 * a key that it hangs on.
 */
export function actorOfChain({ links, grants: granted }: KeyChain): Actor {
  for (const link of links) requireUsable(link, link === links[0]);
  const [key] = links;
  const anchor = links.at(-1)?.boundTo ?? null;
  if (anchor?.startsWith('key:')) throw fail('token_revoked', 'A key that this one was made with is gone.');
  const grants = worthOf(links, anchor, granted);
  const sent = { id: key.id, expiresAt: key.expiresAt, depth: links.length, hash: key.hash };
  const actor = { subject: key.subject, name: key.name, grants, key: sent };
  return links.some(({ limits }) => limits !== null) ? { ...actor, isNarrowed: true } : actor;
}

function requireUsable({ revokedAt, expiresAt, endsAt, isDisabled, subject }: KeyLink, isSent: boolean): void {
  const what = isSent ? 'The API key' : 'A key that this one was made with';
  const now = Date.now();
  if (revokedAt !== null)
    throw fail('token_revoked', `${what} was revoked at ${revokedAt.toISOString()}; ask for a new one.`);
  if (endsAt !== null && endsAt.getTime() <= now)
    throw fail('token_revoked', `${what} was replaced by another one and ended at ${endsAt.toISOString()}.`);
  if (expiresAt !== null && expiresAt.getTime() <= now)
    throw fail('token_expired', `${what} expired at ${expiresAt.toISOString()}; ask for a new one.`);
  if (isDisabled) throw fail('service_account_disabled', `${subject} is disabled or was deleted.`);
}

/** From the far end of the chain to the key: each link narrows what the one before is worth. */
export function worthOf(
  chain: readonly Pick<KeyLink, 'subject' | 'limits'>[],
  anchor: string | null,
  grantsOf: ReadonlyMap<string, readonly Grant[]>,
): readonly Grant[] {
  let worth = anchor === null ? null : (grantsOf.get(anchor) ?? []);
  let worthIsOf = anchor;
  for (const { subject, limits } of chain.toReversed()) {
    const own = grantsOf.get(subject) ?? [];
    // What the same subject was worth before lies within its grants already.
    const within: readonly Grant[] = worth === null ? own : worthIsOf === subject ? worth : commonGrants(own, worth);
    worth = limits === null ? within : commonGrants(within, limits);
    worthIsOf = subject;
  }
  return worth ?? [];
}
