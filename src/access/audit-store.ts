import type { Prisma, Reader } from '../database/client.ts';
import { decodeSerialCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { AuditEvent } from './model.ts';
import type { ProjectScope } from './roles.ts';

export type AuditRow = Prisma.AuditEventGetPayload<object>;

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly operation?: string | undefined;
  readonly outcome?: string | undefined;
  readonly project?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** Audit events, newest first; `since` is included, `until` is not. A scope of projects sees the events of these projects only. */
export async function listAudit(
  db: Reader,
  scope: ProjectScope,
  filter: AuditFilter,
  limit: number,
  cursor?: string,
): Promise<Page<AuditEvent>> {
  const rows = await db.auditEvent.findMany({
    where: { AND: [...matching(scope, filter), before(cursor)] },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(rows, limit, ({ id }) => [id.toString()], toEvent);
}

/** The next events after one, oldest first. */
export function auditRowsAfter(
  db: Reader,
  id: bigint,
  limit: number,
  scope: ProjectScope = 'all',
  filter: AuditFilter = {},
): Promise<AuditRow[]> {
  return db.auditEvent.findMany({
    where: { AND: [{ id: { gt: id } }, ...matching(scope, filter)] },
    orderBy: { id: 'asc' },
    take: limit,
  });
}

function matching(scope: ProjectScope, { since, until, ...equal }: AuditFilter): Prisma.AuditEventWhereInput[] {
  const within = scope === 'all' ? {} : { project: { in: [...scope] } };
  const given = Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== undefined));
  const at = { ...(since === undefined ? {} : { gte: since }), ...(until === undefined ? {} : { lt: until }) };
  return [given, { at }, within];
}

function before(cursor: string | undefined): Prisma.AuditEventWhereInput {
  if (cursor === undefined) return {};
  return { id: { lt: decodeSerialCursor(cursor) } };
}

/** An event as the API shows it. */
export function toEvent({ id, at, keyId, outcome, target, previous, hash, ...row }: AuditRow): AuditEvent {
  // Outcome and target were written by recordAudit, of these very types.
  return {
    ...row,
    id: id.toString(),
    at: at.toISOString(),
    key: keyId,
    outcome: outcome as AuditEvent['outcome'],
    target: target as Record<string, string>,
    previous: Buffer.from(previous).toString('hex'),
    hash: Buffer.from(hash).toString('hex'),
  };
}
