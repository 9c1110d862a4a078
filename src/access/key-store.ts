import type { Ports } from '../context.ts';
import { type Database, Prisma, type Reader } from '../database/client.ts';
import { isUuid } from '../database/name-or-id.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { distinctGrants } from './common-grants.ts';
import type { KeyLink } from './key-chain.ts';
import { keepingAnAdmin } from './last-admin.ts';
import type { ApiKey } from './model.ts';
import type { Grant, ProjectScope } from './roles.ts';
import { grantsOfSubjects } from './subject-grants.ts';

const usedEverySeconds = 60;
/** A key with the secrets that were rotated away and are still good. */
const withOldSecrets = () => ({ secrets: { where: { endsAt: { gt: new Date() } } } });
type KeyRow = Prisma.ApiKeyGetPayload<{ include: ReturnType<typeof withOldSecrets> }>;

/** Notes the use of a key, at most once a minute: the columns are for people, not for accounting. */
export async function keyUsed(db: Reader, { id, lastUsedAt }: KeyLink, address: string): Promise<void> {
  const now = new Date();
  const longAgo = new Date(now.getTime() - usedEverySeconds * 1000);
  if (lastUsedAt !== null && lastUsedAt > longAgo) return;
  await db.apiKey.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: longAgo } }] },
    data: { lastUsedAt: now, lastUsedFrom: address },
  });
}

export interface NewKey {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly prefix: string;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly boundTo: string | null;
  readonly limits: readonly Grant[] | null;
  /** Roles that its subject, which is the key itself, gets. */
  readonly grants: readonly Grant[];
}

/** Writes a key and its grants down; a repeated call finds them. */
export async function createKey(db: Database, { grants, hash, limits, ...key }: NewKey): Promise<ApiKey> {
  const existing = await findKey(db, key.id);
  if (existing !== null) return existing;
  const { subject, createdBy } = key;
  const narrowed = limits === null ? Prisma.DbNull : limits.map((grant) => ({ ...grant }));
  const [row] = await db.$transaction([
    db.apiKey.create({
      data: { ...key, limits: narrowed, secrets: { create: { hash } } },
      include: withOldSecrets(),
    }),
    db.roleBinding.createMany({ data: distinctGrants(grants).map((grant) => ({ ...grant, subject, createdBy })) }),
  ]);
  const [made] = await toApiKeys(db, [row]);
  if (made === undefined) throw new Error('A key that was written is not there.');
  return made;
}

export async function findKey(db: Reader, id: string): Promise<ApiKey | null> {
  const row = isUuid(id) ? await db.apiKey.findUnique({ where: { id }, include: withOldSecrets() }) : null;
  return row === null ? null : ((await toApiKeys(db, [row]))[0] ?? null);
}

/** Which keys a list is about: those of a subject, those with these ids, or those that a scope of projects administers. */
export interface KeyFilter {
  readonly scope?: ProjectScope;
  readonly subject?: string | undefined;
  readonly ids?: readonly string[];
}

/** Keys, newest first. A scope of projects sees the keys of the subjects all of whose roles are within it. */
export async function listKeys(db: Reader, filter: KeyFilter, limit: number, cursor?: string): Promise<Page<ApiKey>> {
  const { scope = 'all', subject, ids } = filter;
  const rows = await db.apiKey.findMany({
    where: {
      AND: [
        scope === 'all' ? {} : { subject: { in: await subjectsWithin(db, scope) } },
        subject === undefined ? {} : { subject },
        ids === undefined ? {} : { id: { in: [...ids] } },
        olderThan(cursor),
      ],
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
    include: withOldSecrets(),
  });
  const keys = new Map((await toApiKeys(db, rows)).map((key) => [key.id, key]));
  const page = toPage(
    rows,
    limit,
    ({ createdAt, id }) => [createdAt.toISOString(), id],
    ({ id }) => keys.get(id),
  );
  return { ...page, items: page.items.filter((key) => key !== undefined) };
}

async function subjectsWithin(db: Reader, projects: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ subject: string }[]>`
    select subject from role_bindings where subject not like 'service:%'
    group by subject having bool_and(coalesce(project = any(${[...projects]}::text[]), false))
    union select subject from service_accounts where project = any(${[...projects]}::text[])`;
  return rows.map(({ subject }) => subject);
}

/** Revokes a key for good. Throws `last_admin`. */
export async function revokeKey(ports: Pick<Ports, 'db' | 'config'>, id: string): Promise<void> {
  await keepingAnAdmin(ports, async (tx) => {
    await tx.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } });
  });
}

/** A key and all that hang on it, by id: made with it, or with one that was made with it. */
export async function keysFrom(db: Reader, id: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    with recursive tree as (
      select k.id from api_keys k where k.id = ${id}::uuid
      union
      select k.id from tree t join api_keys k on k.bound_to = 'key:' || t.id
    )
    select id from tree`;
  return rows.map((row) => row.id);
}

/** How many keys of a subject can be used. */
export function countUsableKeys(db: Reader, subject: string): Promise<number> {
  return db.apiKey.count({
    where: { subject, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
  });
}

function olderThan(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

async function toApiKeys(db: Reader, rows: readonly KeyRow[]): Promise<ApiKey[]> {
  const grants = await grantsOfSubjects(db, [...new Set(rows.map(({ subject }) => subject))]);
  return rows.map((row) => toApiKey(row, grants.get(row.subject) ?? []));
}

function toApiKey({ secrets, limits, secretId: _, ...row }: KeyRow, grants: readonly Grant[]): ApiKey {
  const ends = secrets.map(({ endsAt }) => endsAt?.getTime() ?? 0);
  return {
    ...row,
    // Written by createKey, of this very type.
    roles: limits === null ? [...grants] : (limits as unknown as Grant[]),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    rotatedAt: row.rotatedAt?.toISOString() ?? null,
    oldKeyEndsAt: ends.length === 0 ? null : new Date(Math.max(...ends)).toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
