import type { Prisma, Reader } from '../database/client.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { SnapshotHold } from './model.ts';

type Row = Prisma.SnapshotHoldGetPayload<object>;

interface NewHold {
  readonly id: string;
  readonly snapshotId: string;
  readonly reason: string;
  readonly until: Date | null;
  readonly createdBy: string;
}

/** Writes a hold down; a repeated call finds it. */
export async function createHold(db: Reader, hold: NewHold): Promise<SnapshotHold> {
  return toHold(await db.snapshotHold.upsert({ where: { id: hold.id }, create: hold, update: {} }));
}

/** Takes a hold away; null when there is no such hold on the snapshot. */
export async function deleteHold(db: Reader, snapshotId: string, id: string): Promise<SnapshotHold | null> {
  const row = await db.snapshotHold.findFirst({ where: { id, snapshotId } });
  if (row === null) return null;
  await db.snapshotHold.deleteMany({ where: { id } });
  return toHold(row);
}

/** Holds of a snapshot, newest first; also those whose time is over. */
export async function listHolds(
  db: Reader,
  snapshotId: string,
  limit: number,
  cursor?: string,
): Promise<Page<SnapshotHold>> {
  const rows = await db.snapshotHold.findMany({
    where: { AND: [{ snapshotId }, olderThan(cursor)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  return toPage(rows, limit, ({ createdAt, id }) => [createdAt.toISOString(), id], toHold);
}

function olderThan(cursor: string | undefined): Prisma.SnapshotHoldWhereInput {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

function toHold({ snapshotId, until, createdAt, id, reason, createdBy }: Row): SnapshotHold {
  return {
    id,
    snapshot: snapshotId,
    reason,
    createdBy,
    until: until?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
