import type { Database, Transaction } from '../database/client.ts';
import type { LockRequest } from './handler.ts';

/** Takings are serialised by this lock of the transaction: who looks for a free slot sees all slots that were taken. */
const takingKey = 7_082_301;

/** Takes one slot of each resource for the job, or nothing at all. What the job holds already counts as taken by it. */
export async function takeLocks(tx: Transaction, jobId: string, requests: readonly LockRequest[]): Promise<boolean> {
  await tx.$executeRaw`select pg_advisory_xact_lock(${takingKey})`;
  const resources = requests.map(({ resource }) => resource);
  const held = await tx.jobLock.findMany({ where: { resource: { in: resources } } });
  const taken: { resource: string; slot: number; jobId: string }[] = [];
  for (const { resource, slots } of requests) {
    const ofResource = held.filter((lock) => lock.resource === resource);
    if (ofResource.some((lock) => lock.jobId === jobId)) continue;
    const slot = freeSlots(ofResource, slots)[0];
    if (slot === undefined) return false;
    taken.push({ resource, slot, jobId });
  }
  await tx.jobLock.createMany({ data: taken });
  return true;
}

function freeSlots(held: readonly { slot: number }[], slots: number): number[] {
  const used = new Set(held.map(({ slot }) => slot));
  return Array.from({ length: slots }, (_, slot) => slot).filter((slot) => !used.has(slot));
}

/**
 * Runs `work` while the job alone holds the resource, of which it has one slot already; gives false, without running
 * it, when another job holds a slot.
 */
export async function whileAlone(
  db: Database,
  jobId: string,
  { resource, slots }: LockRequest,
  work: () => Promise<void>,
): Promise<boolean> {
  const extra = await db.$transaction(async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(${takingKey})`;
    const held = await tx.jobLock.findMany({ where: { resource } });
    if (held.some((lock) => lock.jobId !== jobId)) return null;
    const free = freeSlots(held, slots);
    await tx.jobLock.createMany({ data: free.map((slot) => ({ resource, slot, jobId })) });
    return free;
  });
  if (extra === null) return false;
  try {
    await work();
    return true;
  } finally {
    await db.jobLock.deleteMany({ where: { resource, jobId, slot: { in: extra } } });
  }
}
