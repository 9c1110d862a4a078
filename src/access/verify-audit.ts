import type { Ports } from '../context.ts';
import { type AuditFault, faultsOf, noEvent } from './audit-chain.ts';
import { isGenuine } from './audit-seals.ts';
import { type AuditRow, auditRowsAfter, toEvent } from './audit-store.ts';
import type { AuditVerification } from './model.ts';

const eventsAtOnce = 1000;
const shownFaults = 100;

/**
 * Walks the whole chain: each event must give its hash and follow the one before, and each seal must be of this
 * installation and fit the event it speaks of. It holds a thousand events at a time.
 */
export async function verifyAudit({ db, vault }: Pick<Ports, 'db' | 'vault'>): Promise<AuditVerification> {
  // Whatever was sealed before the walk began is met on the way; what is sealed meanwhile is left out.
  const lastSeal = await db.auditSeal.findFirst({ orderBy: { eventId: 'desc' } });
  const faults: AuditFault[] = [];
  let [lastId, lastHash, events] = [0n, noEvent, 0];
  for (;;) {
    const rows = await auditRowsAfter(db, lastId, eventsAtOnce);
    const isEnd = rows.length < eventsAtOnce;
    for (const row of rows) {
      const event = toEvent(row);
      faults.push(...faultsOf(event, lastHash));
      lastHash = event.hash;
    }
    const within = { gt: lastId, ...(isEnd ? {} : { lte: rows.at(-1)?.id ?? lastId }) };
    const seals = await db.auditSeal.findMany({
      where: { AND: [{ eventId: within }, { eventId: { lte: lastSeal?.eventId ?? 0n } }] },
    });
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const seal of seals) faults.push(...faultsOfSeal(isGenuine(vault, seal), seal, byId.get(seal.eventId)));
    events += rows.length;
    lastId = rows.at(-1)?.id ?? lastId;
    if (isEnd) break;
  }
  return {
    isIntact: faults.length === 0,
    events,
    newestEvent: events === 0 ? null : lastId.toString(),
    newestHash: events === 0 ? null : lastHash,
    sealedEvent: lastSeal?.eventId.toString() ?? null,
    sealedAt: lastSeal?.at.toISOString() ?? null,
    faultCount: faults.length,
    faults: faults.slice(0, shownFaults),
  };
}

function faultsOfSeal(
  genuine: boolean,
  { eventId, hash }: { eventId: bigint; hash: Uint8Array },
  row: AuditRow | undefined,
): AuditFault[] {
  const event = eventId.toString();
  if (!genuine)
    return [{ event, kind: 'forged', message: `The seal of event ${event} was not made by this installation.` }];
  if (row === undefined) return [{ event, kind: 'missing', message: `Event ${event} was sealed and is gone.` }];
  if (Buffer.compare(row.hash, hash) === 0) return [];
  return [
    { event, kind: 'rewritten', message: `Event ${event} is not the one that was sealed: the audit was written anew.` },
  ];
}
