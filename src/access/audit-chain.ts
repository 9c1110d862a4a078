import { createHash } from 'node:crypto';
import type { AuditEvent } from './model.ts';

/** What the first event has in place of the hash of the one before. */
export const noEvent = '0'.repeat(64);

/** What is wrong at an event. */
export interface AuditFault {
  /** Id of the event. */
  readonly event: string;
  readonly kind: 'changed' | 'unlinked' | 'missing' | 'rewritten' | 'forged';
  readonly message: string;
}

/**
 * The hash of an event, as `audit_event_hash` in the database makes it: SHA-256 over the hash of the event before and the
 * fields, each as `<bytes>:<text>` or `-` for null, then what it was about, by name.
 */
export function hashOfEvent(event: Omit<AuditEvent, 'hash'>): string {
  const { previous, id, at, actor, key, operation, outcome, code, project, requestId, via, target } = event;
  const fields = [id, at, actor, key, operation, outcome, code, project, requestId, via];
  const named = Object.entries(target).sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  const parts = [...fields, ...named.flat()].map(part);
  return createHash('sha256')
    .update([previous, ...parts].join(''))
    .digest('hex');
}

/** What is wrong with an event, given the hash of the one that stands before it. */
export function faultsOf(event: AuditEvent, hashBefore: string): AuditFault[] {
  const faults: AuditFault[] = [];
  if (event.previous !== hashBefore)
    faults.push({
      event: event.id,
      kind: 'unlinked',
      message: `Event ${event.id} does not follow the one before it: events were removed, inserted or moved.`,
    });
  if (hashOfEvent(event) !== event.hash)
    faults.push({
      event: event.id,
      kind: 'changed',
      message: `Event ${event.id} is not as it was written: its content does not give its hash.`,
    });
  return faults;
}

function part(text: string | null): string {
  return text === null ? '-' : `${Buffer.byteLength(text)}:${text}`;
}
