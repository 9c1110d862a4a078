import { type Database, Prisma, type Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { GroupedChanges } from './change-groups.ts';
import type { ChangeGroup, ChangeKind, ChangeOrder, ChangeTotal, ContainerChanges } from './model.ts';
import { volumeHint } from './volume-hint.ts';

/** Of Prisma with a transaction, in milliseconds: for its connection, and for its end. */
const patience = { maxWait: 10_000, timeout: 60_000 };
const unsized = -1;

interface Row {
  readonly folder: string;
  readonly kind: ChangeKind;
  readonly entries: number;
  readonly bytes: bigint | null;
}

/** Puts what a scan found in the place of what the one before it did. Gives false when the container is not in the inventory any more. */
export async function replaceChanges(
  db: Database,
  host: string,
  id: string,
  groups: readonly GroupedChanges[],
): Promise<boolean> {
  const rows = JSON.stringify(groups);
  return await db.$transaction(async (transaction) => {
    const { count } = await transaction.container.updateMany({
      where: { hostName: host, id },
      data: { changesScannedAt: new Date() },
    });
    if (count === 0) return false;
    await transaction.containerChange.deleteMany({ where: { hostName: host, containerId: id } });
    await transaction.$executeRaw`
      insert into container_changes (host, container_id, folder, kind, entries, bytes)
      select ${host}, ${id}, seen.* from jsonb_to_recordset(${rows}::jsonb) as seen(folder text, kind text, entries int, bytes bigint)`;
    return true;
  }, patience);
}

export interface ChangeFilter {
  readonly kind?: ChangeKind | undefined;
  readonly order: ChangeOrder;
}

/** A page of what the last scan of a container found; null when it was never scanned. The totals are of all pages. */
export async function listChanges(
  db: Reader,
  host: string,
  id: string,
  { kind, order }: ChangeFilter,
  limit: number,
  cursor?: string,
): Promise<ContainerChanges | null> {
  const container = await db.container.findUnique({
    where: { hostName_id: { hostName: host, id } },
    select: { changesScannedAt: true },
  });
  if (container === null || container.changesScannedAt === null) return null;
  const ofKind = kind === undefined ? Prisma.empty : Prisma.sql`and kind = ${kind}`;
  const after = cursor === undefined ? Prisma.empty : following(order, cursor);
  const sorted =
    order === 'folder'
      ? Prisma.sql`folder collate "C", kind`
      : Prisma.sql`coalesce(bytes, ${unsized}) desc, entries desc, folder collate "C", kind`;
  const rows = await db.$queryRaw<Row[]>`
    select folder, kind, entries, bytes from container_changes
    where host = ${host} and container_id = ${id} ${ofKind} ${after} order by ${sorted} limit ${limit + 1}`;
  const page = toPage(rows, limit, (row) => keyOf(order, row), toGroup);
  return { scannedAt: container.changesScannedAt.toISOString(), totals: await totalsOf(db, host, id), ...page };
}

async function totalsOf(db: Reader, host: string, id: string): Promise<ChangeTotal[]> {
  const rows = await db.$queryRaw<{ kind: ChangeKind; entries: number; bytes: number | null }[]>`
    select kind, sum(entries)::float8 as entries, (case when count(*) = count(bytes) then sum(bytes) end)::float8 as bytes
    from container_changes where host = ${host} and container_id = ${id} group by kind order by kind`;
  return rows;
}

function keyOf(order: ChangeOrder, { folder, kind, entries, bytes }: Row): string[] {
  const key = [folder, kind];
  return order === 'folder' ? [order, ...key] : [order, String(bytes ?? unsized), String(entries), ...key];
}

function following(order: ChangeOrder, cursor: string): Prisma.Sql {
  if (order === 'folder') {
    const [of, folder = '', kind = ''] = decodeCursor(cursor, 3);
    if (of !== order) throw otherOrder(order, cursor);
    return Prisma.sql`and (folder collate "C", kind) > (${folder}, ${kind})`;
  }
  const [of, bytes = '', entries = '', folder = '', kind = ''] = decodeCursor(cursor, 5);
  if (of !== order || !/^(-1|\d{1,16})$/.test(bytes) || !/^\d{1,9}$/.test(entries)) throw otherOrder(order, cursor);
  return Prisma.sql`
    and (-coalesce(bytes, ${unsized}), -entries, folder collate "C", kind) > (${-Number(bytes)}, ${-Number(entries)}, ${folder}, ${kind})`;
}

function otherOrder(order: ChangeOrder, cursor: string) {
  return fail('invalid_cursor', `"${cursor}" is not a cursor of this list by ${order}; leave it out to start anew.`);
}

function toGroup({ folder, kind, entries, bytes }: Row): ChangeGroup {
  return { folder, kind, entries, bytes: bytes === null ? null : Number(bytes), hint: volumeHint(folder, kind) };
}
