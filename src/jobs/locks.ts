import type { Database, Transaction } from '../database/client.ts';
import type { LockRequest } from './handler.ts';

/** Takings are serialised by this lock of the transaction: who looks for a free slot sees all slots that were taken. */
const takingKey = 7_082_301;

/** Takes one slot of each resource for the job (all slots of one that it must have alone), or nothing at all. What the job holds already counts as taken by it. */
export async function takeLocks(tx: Transaction, jobId: string, requests: readonly LockRequest[]): Promise<boolean> {
  await tx.$executeRaw`select pg_advisory_xact_lock(${takingKey})`;
  const resources = requests.map(({ resource }) => resource);
  const held = await tx.jobLock.findMany({ where: { resource: { in: resources } } });
  const taken: { resource: string; slot: number; jobId: string }[] = [];
  for (const { resource, slots, alone = false } of requests) {
    const ofResource = held.filter((lock) => lock.resource === resource);
    if (ofResource.some((lock) => lock.jobId === jobId) || taken.some((lock) => lock.resource === resource)) continue;
    const free = freeSlots(ofResource, slots);
    if (free.length === 0 || (alone && ofResource.length > 0)) return false;
    const wanted = alone ? free : free.slice(0, 1);
    taken.push(...wanted.map((slot) => ({ resource, slot, jobId })));
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
  request: LockRequest,
  work: () => Promise<void>,
): Promise<boolean> {
  let isAlone = false;
  await whileAloneWith(db, jobId, [request], async (alone) => {
    if (alone.size === 0) return;
    isAlone = true;
    await work();
  });
  return isAlone;
}

/** Runs `work` while the job alone holds those of the resources, which it is told, that no other job holds a slot of. */
export async function whileAloneWith(
  db: Database,
  jobId: string,
  requests: readonly LockRequest[],
  work: (alone: ReadonlySet<string>) => Promise<void>,
): Promise<void> {
  const names = requests.map(({ resource }) => resource);
  const taken = await db.$transaction(async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(${takingKey})`;
    const held = await tx.jobLock.findMany({ where: { resource: { in: names } } });
    const ofOthers = new Set(held.filter((lock) => lock.jobId !== jobId).map(({ resource }) => resource));
    const free = requests
      .filter(({ resource }) => !ofOthers.has(resource))
      .flatMap(({ resource, slots }) => {
        const ofResource = held.filter((lock) => lock.resource === resource);
        return freeSlots(ofResource, slots).map((slot) => ({ resource, slot, jobId }));
      });
    await tx.jobLock.createMany({ data: free });
    return { free, alone: new Set(names.filter((name) => !ofOthers.has(name))) };
  });
  try {
    await work(taken.alone);
  } finally {
    const slots = Map.groupBy(taken.free, ({ resource }) => resource);
    const OR = [...slots].map(([resource, own]) => ({ resource, slot: { in: own.map(({ slot }) => slot) } }));
    if (OR.length > 0) await db.jobLock.deleteMany({ where: { jobId, OR } });
  }
}
