import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Ports } from '../context.ts';
import type { Vault } from '../vault.ts';

const sealEverySeconds = 60;

/** What the chain was at an event. */
interface Sealed {
  readonly eventId: bigint;
  readonly hash: Uint8Array;
}

/**
 * Seals the newest event, at most once a minute, when there is one since the last seal. Who rewrites the audit, or cuts its
 * end off, cannot make the seals anew without the master key. Replicas that do it at once make one seal.
 */
export async function sealAudit({ db, vault }: Pick<Ports, 'db' | 'vault'>, now = new Date()): Promise<void> {
  const last = await db.auditSeal.findFirst({ orderBy: { eventId: 'desc' } });
  if (last !== null && now.getTime() - last.at.getTime() < sealEverySeconds * 1000) return;
  const newest = await db.auditEvent.findFirst({ orderBy: { id: 'desc' }, select: { id: true, hash: true } });
  if (newest === null || newest.id === last?.eventId) return;
  const sealed = { eventId: newest.id, hash: newest.hash };
  await db.auditSeal.createMany({ data: [{ ...sealed, mac: macOf(vault, sealed) }], skipDuplicates: true });
}

/** Whether a seal was made by this installation. */
export function isGenuine(vault: Vault, { mac, ...sealed }: Sealed & { readonly mac: Uint8Array }): boolean {
  const own = macOf(vault, sealed);
  return mac.length === own.length && timingSafeEqual(mac, own);
}

function macOf(vault: Vault, { eventId, hash }: Sealed): Uint8Array<ArrayBuffer> {
  const text = `${eventId}:${Buffer.from(hash).toString('hex')}`;
  return new Uint8Array(createHmac('sha256', vault.derive('audit-seal')).update(text).digest());
}
