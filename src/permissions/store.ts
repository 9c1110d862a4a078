import Value from 'typebox/value';
import { type ProjectScope, reaches } from '../access/roles.ts';
import type { Prisma, Reader } from '../database/client.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import { type Page, T } from '../schema.ts';
import { KeptConsumer, type PermissionCheck } from './model.ts';

const checksKept = 10;

export interface NewCheck {
  /** Id of the job. */
  readonly id: string;
  readonly host: string;
  readonly volume: string;
  readonly project: string | null;
  readonly entries: number;
  readonly isComplete: boolean;
  readonly vanished: number;
  readonly consumers: readonly KeptConsumer[];
  readonly requestedBy: string;
}

/** Writes a check down; the same one again (a job that is repeated after a crash) replaces it. Of a volume the newest ones are kept. */
export async function saveCheck(db: Reader, { host, volume, isComplete, ...check }: NewCheck): Promise<void> {
  const data = {
    ...check,
    hostName: host,
    volumeName: volume,
    complete: isComplete,
    consumers: [...check.consumers],
    checkedAt: new Date(),
  };
  await db.permissionCheck.upsert({ where: { id: check.id }, create: data, update: data });
  const where = { hostName: host, volumeName: volume };
  const old = await db.permissionCheck.findMany({
    where,
    orderBy: [{ checkedAt: 'desc' }, { id: 'desc' }],
    select: { id: true },
    skip: checksKept,
  });
  await db.permissionCheck.deleteMany({ where: { id: { in: old.map(({ id }) => id) } } });
}

/** Null when there is none. Containers of projects that the scope does not reach are not named. */
export async function findCheck(db: Reader, id: string, scope: ProjectScope = 'all'): Promise<PermissionCheck | null> {
  const row = await db.permissionCheck.findUnique({ where: { id } });
  return row === null ? null : toCheck(row, scope);
}

/** Checks of a volume, newest first. */
export async function listChecks(
  db: Reader,
  { host, volume }: { readonly host: string; readonly volume: string },
  scope: ProjectScope,
  limit: number,
  cursor?: string,
): Promise<Page<PermissionCheck>> {
  const rows = await db.permissionCheck.findMany({
    where: { hostName: host, volumeName: volume, ...olderThan(cursor) },
    orderBy: [{ checkedAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  return toPage(
    rows,
    limit,
    (row) => [row.checkedAt.toISOString(), row.id],
    (row) => toCheck(row, scope),
  );
}

function olderThan(cursor: string | undefined): Prisma.PermissionCheckWhereInput {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ checkedAt: { lt: at } }, { checkedAt: at, id: { lt: id } }] };
}

function toCheck(
  { hostName, volumeName, entries, vanished, consumers, checkedAt, ...row }: Prisma.PermissionCheckGetPayload<object>,
  scope: ProjectScope,
): PermissionCheck {
  const known = Value.Parse(T.Array(KeptConsumer), consumers);
  return {
    ...row,
    host: hostName,
    volume: volumeName,
    entries: Number(entries),
    vanished: Number(vanished),
    checkedAt: checkedAt.toISOString(),
    consumers: known.map(({ project, containerId, access }) =>
      containerId === null || reaches(scope, project)
        ? access
        : { ...access, container: 'a container of another project' },
    ),
  };
}
