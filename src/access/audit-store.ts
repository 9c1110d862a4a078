import type { Prisma, Reader } from '../database/client.ts';
import { decodeSerialCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { AuditEvent } from './model.ts';
import type { ProjectScope } from './roles.ts';

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
  { since, until, ...equal }: AuditFilter,
  limit: number,
  cursor?: string,
): Promise<Page<AuditEvent>> {
  const within = scope === 'all' ? {} : { project: { in: [...scope] } };
  const given = Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== undefined));
  const at = { ...(since === undefined ? {} : { gte: since }), ...(until === undefined ? {} : { lt: until }) };
  const rows = await db.auditEvent.findMany({
    where: { AND: [given, { at }, within, before(cursor)] },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(rows, limit, ({ id }) => [id.toString()], toEvent);
}

function before(cursor: string | undefined): Prisma.AuditEventWhereInput {
  if (cursor === undefined) return {};
  return { id: { lt: decodeSerialCursor(cursor) } };
}

function toEvent({ id, at, outcome, target, ...row }: Prisma.AuditEventGetPayload<object>): AuditEvent {
  // Both were written by recordAudit, of these very types.
  return {
    ...row,
    id: id.toString(),
    at: at.toISOString(),
    outcome: outcome as AuditEvent['outcome'],
    target: target as Record<string, string>,
  };
}
