import Value from 'typebox/value';
import { Prisma, type Reader } from '../database/client.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { DrillServer, type RestoreDrill } from './model.ts';

type Row = Prisma.RestoreDrillGetPayload<object>;

const drillsKept = 50;

/** Writes a drill down; the same one again (a job that is repeated after a crash) replaces it. Of a volume the newest ones are kept. */
export async function saveDrill(
  db: Reader,
  { host, volume, snapshot, error, ok: _, server, finishedAt, ...drill }: RestoreDrill,
): Promise<void> {
  const data = {
    ...drill,
    hostName: host,
    volumeName: volume,
    snapshotId: snapshot,
    server: server ?? Prisma.DbNull,
    errorCode: error?.code ?? null,
    errorDetail: error?.detail ?? null,
    finishedAt: new Date(finishedAt),
  };
  await db.restoreDrill.upsert({ where: { id: drill.id }, create: data, update: data });
  const old = await db.restoreDrill.findMany({
    where: { hostName: host, volumeName: volume },
    orderBy: [{ finishedAt: 'desc' }, { id: 'desc' }],
    select: { id: true },
    skip: drillsKept,
  });
  await db.restoreDrill.deleteMany({ where: { id: { in: old.map(({ id }) => id) } } });
}

/** Drills of a volume, newest first. */
export async function listDrills(
  db: Reader,
  { host, volume }: { readonly host: string; readonly volume: string },
  limit: number,
  cursor?: string,
): Promise<Page<RestoreDrill>> {
  const rows = await db.restoreDrill.findMany({
    where: { hostName: host, volumeName: volume, ...olderThan(cursor) },
    orderBy: [{ finishedAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  return toPage(rows, limit, ({ finishedAt, id }) => [finishedAt.toISOString(), id], toDrill);
}

/** The newest drill of each volume of a host (of these, or of all), by name of the volume. One statement. */
export async function lastDrills(
  db: Reader,
  host: string,
  volumes?: readonly string[],
): Promise<ReadonlyMap<string, RestoreDrill>> {
  const rows = await db.restoreDrill.findMany({
    where: { hostName: host, ...(volumes === undefined ? {} : { volumeName: { in: [...volumes] } }) },
    orderBy: [{ volumeName: 'asc' }, { finishedAt: 'desc' }, { id: 'desc' }],
    distinct: ['volumeName'],
  });
  return new Map(rows.map((row) => [row.volumeName, toDrill(row)]));
}

/** A volume whose newest good snapshot is due to be restored for a try. */
export interface DueDrill {
  readonly host: string;
  readonly volume: string;
  readonly snapshot: string;
  readonly repositoryId: string;
  readonly project: string | null;
}

/**
 * The newest good snapshot of each volume of these hosts whose newest drill was asked for `seconds` ago or never; the volumes
 * that were tried longest ago first.
 */
export async function drillsDue(
  db: Reader,
  hosts: readonly string[],
  seconds: number,
  most: number,
): Promise<DueDrill[]> {
  return await db.$queryRaw<DueDrill[]>`
    select newest.host, newest.volume, newest.id as snapshot, newest.repository_id::text as "repositoryId", newest.project
    from (
      select distinct on (s.host, s.volume) s.* from snapshots s
      join volumes v on v.host = s.host and v.name = s.volume and v.project is not distinct from s.project
      where s.host = any(${[...hosts]}::text[]) and s.state = 'good' and s.original_id is null
      order by s.host, s.volume, s.taken_at desc, s.id
    ) newest
    left join lateral (
      select max(created_at) as at, bool_or(state in ('queued', 'running')) as is_under_way from jobs
      where jobs.kind = 'restore_drill' and jobs.host = newest.host and jobs.volume = newest.volume
    ) last on true
    where last.at is null or (last.at <= now() - make_interval(secs => ${seconds}) and not last.is_under_way)
    order by last.at nulls first, newest.host, newest.volume limit ${most}`;
}

function olderThan(cursor: string | undefined): Prisma.RestoreDrillWhereInput {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ finishedAt: { lt: at } }, { finishedAt: at, id: { lt: id } }] };
}

function toDrill({ hostName, volumeName, snapshotId, errorCode, errorDetail, finishedAt, ...row }: Row): RestoreDrill {
  const { bytes, files, server, restoreSeconds, ...rest } = row;
  return {
    ...rest,
    host: hostName,
    volume: volumeName,
    snapshot: snapshotId,
    ok: errorCode === null,
    error: errorCode === null ? null : { code: errorCode, detail: errorDetail ?? '' },
    bytes: Number(bytes),
    files: Number(files),
    restoreSeconds: restoreSeconds ?? row.seconds,
    server: Value.Check(DrillServer, server) ? server : null,
    finishedAt: finishedAt.toISOString(),
  };
}
