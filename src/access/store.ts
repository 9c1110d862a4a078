import type { Database, Prisma, Reader, Transaction } from '../database/client.ts';
import { fail } from '../errors.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { ApiKey, AuditEvent, RoleBinding } from './model.ts';
import { type Grant, type ProjectScope, type Role, reaches } from './roles.ts';

const usedEverySeconds = 60;
type KeyRow = Prisma.ApiKeyGetPayload<object>;

export function findKeyByHash(db: Reader, hash: Uint8Array<ArrayBuffer>): Promise<KeyRow | null> {
  return db.apiKey.findUnique({ where: { hash } });
}

export async function findKeyById(db: Reader, id: string): Promise<KeyRow | null> {
  return /^[0-9a-f-]{36}$/.test(id) ? await db.apiKey.findUnique({ where: { id } }) : null;
}

/** Notes the use of a key, at most once a minute: the column is for people, not for accounting. */
export async function keyUsed(db: Reader, { id, lastUsedAt }: KeyRow): Promise<void> {
  const now = Date.now();
  if (lastUsedAt !== null && now - lastUsedAt.getTime() < usedEverySeconds * 1000) return;
  await db.apiKey.updateMany({ where: { id }, data: { lastUsedAt: new Date(now) } });
}

/** What a subject may do, now. */
export async function grantsOf(db: Reader, subject: string): Promise<Grant[]> {
  const rows = await db.roleBinding.findMany({ where: { subject } });
  // The column holds only roles: both interfaces check them.
  return rows.map(({ role, project }) => ({ role: role as Role, project }));
}

export interface NewApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly grants: readonly Grant[];
}

/** Writes a key and its grants down; a repeated call finds them. */
export async function createKey(db: Database, { grants, ...key }: NewApiKey): Promise<ApiKey> {
  const existing = await findKey(db, key.id);
  if (existing !== null) return existing;
  await db.$transaction([
    db.apiKey.create({ data: key }),
    db.roleBinding.createMany({ data: grants.map((grant) => ({ ...grant, subject: `key:${key.id}`, createdBy: key.createdBy })) }),
  ]);
  const created = await findKey(db, key.id);
  if (created === null) throw new Error(`The API key ${key.id} was removed as soon as it was made.`);
  return created;
}

export async function findKey(db: Reader, id: string): Promise<ApiKey | null> {
  const row = await findKeyById(db, id);
  return row === null ? null : toApiKey(row, await grantsOf(db, `key:${id}`));
}

/** Keys, newest first. A scope of projects sees the keys all of whose grants are within it. */
export async function listKeys(db: Reader, scope: ProjectScope, limit: number, cursor?: string): Promise<Page<ApiKey>> {
  const hidden = scope === 'all' ? [] : await subjectsBeyond(db, scope);
  const rows = await db.apiKey.findMany({ where: { AND: [{ id: { notIn: hidden } }, olderThan(cursor)] }, orderBy: newestFirst, take: limit + 1 });
  const bindings = await db.roleBinding.findMany({ where: { subject: { in: rows.map(({ id }) => `key:${id}`) } } });
  const grantsOfRow = ({ id }: KeyRow) => bindings.filter(({ subject }) => subject === `key:${id}`).map(({ role, project }) => ({ role: role as Role, project }));
  return toPage(rows, limit, keyOf, (row) => toApiKey(row, grantsOfRow(row)));
}

async function subjectsBeyond(db: Reader, projects: readonly string[]): Promise<string[]> {
  const keys = await db.apiKey.findMany({ select: { id: true } });
  const bindings = await db.roleBinding.findMany({ where: { subject: { startsWith: 'key:' } } });
  const within = (id: string) => {
    const own = bindings.filter(({ subject }) => subject === `key:${id}`);
    return own.length > 0 && own.every(({ project }) => reaches(projects, project));
  };
  return keys.map(({ id }) => id).filter((id) => !within(id));
}

/** Revokes a key for good. Throws `forbidden` for the last one that administers everything. */
export async function revokeKey(db: Database, id: string): Promise<void> {
  await keepingAnAdmin(db, async (tx) => {
    await tx.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } });
  });
}

export interface NewBinding {
  readonly id: string;
  readonly subject: string;
  readonly role: Role;
  readonly project: string | null;
  readonly createdBy: string;
}

/** Writes a binding down; a repeated call finds it. Throws `role_binding_exists`. */
export async function createBinding(db: Database, binding: NewBinding): Promise<RoleBinding> {
  return await db.$transaction(async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(${bindingsKey})`;
    const { subject, role, project } = binding;
    const same = await tx.roleBinding.findFirst({ where: { subject, role, project } });
    if (same !== null && same.id !== binding.id) throw fail('role_binding_exists', `${subject} has the role ${role} ${project === null ? 'on everything' : `on project "${project}"`} already.`);
    return toBinding(same ?? (await tx.roleBinding.create({ data: binding })));
  });
}

export async function findBinding(db: Reader, id: string): Promise<RoleBinding | null> {
  const row = await db.roleBinding.findUnique({ where: { id } });
  return row === null ? null : toBinding(row);
}

export async function listBindings(db: Reader, scope: ProjectScope, subject: string | undefined, limit: number, cursor?: string): Promise<Page<RoleBinding>> {
  const within = scope === 'all' ? {} : { project: { in: [...scope] } };
  const about = subject === undefined ? {} : { subject };
  const rows = await db.roleBinding.findMany({ where: { AND: [within, about, olderThan(cursor)] }, orderBy: newestFirst, take: limit + 1 });
  return toPage(rows, limit, keyOf, toBinding);
}

/** Takes a role away. Throws `forbidden` for the last binding that administers everything. */
export async function deleteBinding(db: Database, id: string): Promise<void> {
  await keepingAnAdmin(db, async (tx) => {
    await tx.roleBinding.deleteMany({ where: { id } });
  });
}

/** Changes of bindings are serialised by this lock, so that two at a time cannot take the last two admins away. */
const bindingsKey = 7_082_302;

async function keepingAnAdmin(db: Database, change: (tx: Transaction) => Promise<void>): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(${bindingsKey})`;
    await change(tx);
    if (!(await hasGlobalAdmin(tx))) throw fail('forbidden', 'This is the last credential that administers everything; make another one first.');
  });
}

/** Whether anybody can administer everything: a user, or a key that is neither revoked nor expired. */
export async function hasGlobalAdmin(db: Reader): Promise<boolean> {
  const admins = await db.roleBinding.findMany({ where: { role: 'admin', project: null }, select: { subject: true } });
  if (admins.some(({ subject }) => subject.startsWith('user:'))) return true;
  const ids = admins.map(({ subject }) => subject.replace(/^key:/, ''));
  const valid = { id: { in: ids }, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] };
  return (await db.apiKey.count({ where: valid })) > 0;
}

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly operation?: string | undefined;
  readonly outcome?: string | undefined;
  readonly project?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Audit events, newest first. */
export async function listAudit(db: Reader, scope: ProjectScope, { since, until, ...equal }: AuditFilter, limit: number, cursor?: string): Promise<Page<AuditEvent>> {
  const before = cursor === undefined ? {} : { id: { lt: BigInt(decodeCursor(cursor, 1)[0]?.match(/^\d{1,18}$/)?.[0] ?? '0') } };
  const within = scope === 'all' ? {} : { project: { in: [...scope] } };
  const given = Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== undefined));
  const at = { ...(since === undefined ? {} : { gte: new Date(since) }), ...(until === undefined ? {} : { lt: new Date(until) }) };
  const rows = await db.auditEvent.findMany({ where: { AND: [given, { at }, within, before] }, orderBy: { id: 'desc' }, take: limit + 1 });
  return toPage(rows, limit, ({ id }) => [id.toString()], ({ id, at: time, target, ...row }) => ({
    ...row,
    id: id.toString(),
    at: time.toISOString(),
    outcome: row.outcome as AuditEvent['outcome'],
    // Written by recordAudit only, of this very type.
    target: target as Record<string, string>,
  }));
}

const newestFirst = [{ createdAt: 'desc' as const }, { id: 'desc' as const }];
const keyOf = ({ createdAt, id }: { createdAt: Date; id: string }) => [createdAt.toISOString(), id];

function olderThan(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const [createdAt = '', id = ''] = decodeCursor(cursor, 2);
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
}

function toApiKey({ id, name, prefix, createdBy, createdAt, expiresAt, revokedAt, lastUsedAt }: KeyRow, roles: Grant[]): ApiKey {
  return {
    id,
    name,
    prefix,
    roles,
    createdBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}

function toBinding({ id, subject, role, project, createdBy, createdAt }: Prisma.RoleBindingGetPayload<object>): RoleBinding {
  return { id, subject, role: role as Role, project, createdBy, createdAt: createdAt.toISOString() };
}
