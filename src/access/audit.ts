import type { Context } from '../context.ts';
import type { ErrorCode } from '../errors.ts';

/** How one call of an operation ended. */
export interface AuditEntry {
  readonly operation: string;
  readonly outcome: 'ok' | 'failed' | 'refused';
  readonly code: ErrorCode | null;
  readonly project: string | null;
  /** The fields of the input that name what the call was about; never a secret. */
  readonly target: Record<string, string>;
}

/** Writes an audit event. */
export async function recordAudit({ ports, actor, requestId, via }: Context, entry: AuditEntry): Promise<void> {
  const who = { actor: actor?.subject ?? null, keyId: actor?.key?.id ?? null };
  await ports.db.auditEvent.create({ data: { ...entry, ...who, requestId, via } });
}
