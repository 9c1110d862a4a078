import Value from 'typebox/value';
import type { Prisma, Reader } from '../database/client.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { type PermissionRepair, RepairPlan, RepairRequest, type RepairState } from './repair-model.ts';

/** A repair with what it was judged by. */
export interface KeptRepair extends PermissionRepair {
  readonly premise: string;
}

export interface NewRepair {
  /** Id of the job that planned it. */
  readonly id: string;
  readonly host: string;
  readonly volume: string;
  readonly project: string | null;
  readonly request: RepairRequest;
  readonly plan: RepairPlan;
  readonly premise: string;
  readonly createdBy: string;
  readonly expiresAt: Date;
}

const repairsKept = 20;
const states: readonly RepairState[] = ['planned', 'applying', 'applied', 'undoing', 'undone'];

/** Writes a plan down; a job that is repeated after a crash writes the same one again. Of a volume the newest ones are kept, and all that can be undone. */
export async function saveRepair(db: Reader, { host, volume, ...repair }: NewRepair): Promise<void> {
  const data = { ...repair, hostName: host, volumeName: volume, state: 'planned' };
  await db.permissionRepair.upsert({ where: { id: repair.id }, create: data, update: data });
  const old = await db.permissionRepair.findMany({
    where: { hostName: host, volumeName: volume, recordedAt: null },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    select: { id: true },
    skip: repairsKept,
  });
  await db.permissionRepair.deleteMany({ where: { id: { in: old.map(({ id }) => id) }, recordedAt: null } });
}

/** Null when there is none. */
export async function findRepair(db: Reader, id: string): Promise<KeptRepair | null> {
  const row = await db.permissionRepair.findUnique({ where: { id } });
  return row === null ? null : { ...toRepair(row), premise: row.premise };
}

/** Repairs of a volume, newest first. */
export async function listRepairs(
  db: Reader,
  { host, volume }: { readonly host: string; readonly volume: string },
  limit: number,
  cursor?: string,
): Promise<Page<PermissionRepair>> {
  const rows = await db.permissionRepair.findMany({
    where: { hostName: host, volumeName: volume, ...olderThan(cursor) },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id], toRepair);
}

/** Gives a repair to the job that applies it; false when another one has it. */
export async function claimApply(db: Reader, id: string, jobId: string): Promise<boolean> {
  const where = { id, OR: [{ state: 'planned', jobId: null }, { jobId }] };
  const { count } = await db.permissionRepair.updateMany({ where, data: { state: 'applying', jobId } });
  return count === 1;
}

/** Gives a repair to the job that undoes it, once the job that applied it has ended; false when it is in no state for that. */
export async function claimUndo(db: Reader, id: string, jobId: string): Promise<boolean> {
  const where = { id, recordedAt: { not: null }, state: { in: ['applying', 'applied', 'undoing'] } };
  const { count } = await db.permissionRepair.updateMany({ where, data: { state: 'undoing', undoJobId: jobId } });
  return count === 1;
}

/** Notes that there is a record from now on, from which the repair can be undone until then. */
export async function noteRecord(db: Reader, id: string, undoUntil: Date): Promise<void> {
  await db.permissionRepair.update({ where: { id }, data: { recordedAt: new Date(), undoUntil } });
}

/** Notes that the work of a repair's job is done; does nothing when another job has the repair by now. */
export async function settleRepair(db: Reader, id: string, state: 'applied' | 'undone'): Promise<void> {
  if (state === 'applied') await db.permissionRepair.updateMany({ where: { id, state: 'applying' }, data: { state } });
  else
    await db.permissionRepair.updateMany({
      where: { id, state: 'undoing' },
      data: { state, recordedAt: null, undoUntil: null },
    });
}

/** Whether a job works, or is going to. */
export async function isJobAlive(db: Reader, id: string | null): Promise<boolean> {
  if (id === null) return false;
  const job = await db.job.findUnique({ where: { id }, select: { state: true } });
  return job !== null && (job.state === 'queued' || job.state === 'running');
}

/** Repairs of a host whose record is not needed any more. */
export async function repairsPastUndo(db: Reader, host: string, now: Date): Promise<string[]> {
  const where = { hostName: host, recordedAt: { not: null }, undoUntil: { lt: now } };
  return (await db.permissionRepair.findMany({ where, select: { id: true } })).map(({ id }) => id);
}

/** Notes that the record of a repair is gone. */
export async function forgetRecord(db: Reader, id: string): Promise<void> {
  await db.permissionRepair.updateMany({ where: { id }, data: { recordedAt: null, undoUntil: null } });
}

/** Which of these repairs have a record. */
export async function recordedRepairs(db: Reader, ids: readonly string[]): Promise<Set<string>> {
  const where = {
    id: { in: [...ids] },
    OR: [{ recordedAt: { not: null } }, { state: { in: ['applying', 'undoing'] } }],
  };
  return new Set((await db.permissionRepair.findMany({ where, select: { id: true } })).map(({ id }) => id));
}

function olderThan(cursor: string | undefined): Prisma.PermissionRepairWhereInput {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

function toRepair(row: Prisma.PermissionRepairGetPayload<object>): PermissionRepair {
  const { id, hostName, volumeName, project, state, request, plan, createdBy, createdAt, expiresAt, jobId } = row;
  return {
    id,
    host: hostName,
    volume: volumeName,
    project,
    state: states.find((known) => known === state) ?? 'planned',
    request: Value.Parse(RepairRequest, request),
    ...Value.Parse(RepairPlan, plan),
    createdBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    job: jobId,
    undoJob: row.undoJobId,
    undoUntil: row.undoUntil?.toISOString() ?? null,
  };
}
