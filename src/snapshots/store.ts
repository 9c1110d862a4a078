import type { ProjectScope } from '../access/roles.ts';
import type { Database, Prisma, Reader } from '../database/client.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { contentCondition, type HeldContent, heldBy, heldColumns } from './held-content.ts';
import type { Snapshot, SnapshotContent, SnapshotReason, SnapshotState } from './model.ts';

type Row = Prisma.SnapshotGetPayload<object>;

const wholeId = /^[0-9a-f]{64}$/;

const newestFirst: Prisma.SnapshotOrderByWithRelationInput[] = [{ takenAt: 'desc' }, { id: 'desc' }];

export interface SnapshotFilter {
  readonly host?: string | undefined;
  readonly volume?: string | undefined;
  readonly repositoryId?: string | undefined;
  readonly reason?: SnapshotReason | undefined;
  readonly holds?: SnapshotContent | undefined;
}

export interface NewSnapshot extends HeldContent {
  readonly id: string;
  readonly repositoryId: string;
  readonly host: string;
  readonly volume: string | null;
  readonly project: string | null;
  readonly path: string;
  /** The path alone when not given. */
  readonly paths?: readonly string[];
  /** Snapshot that this one is a copy of. */
  readonly original?: string | null;
  readonly reason: SnapshotReason;
  readonly state: SnapshotState;
  readonly files: number;
  readonly bytes: number;
  readonly bytesAdded: number;
  readonly jobId: string;
  readonly takenAt: Date;
}

function toSnapshot({ hostName, volumeName, files, bytes, bytesAdded, takenAt, reason, state, ...row }: Row): Snapshot {
  const { originalId, recordedAt: _recordedAt, paths } = row;
  return {
    id: row.id,
    repositoryId: row.repositoryId,
    project: row.project,
    path: row.path,
    jobId: row.jobId,
    original: originalId,
    paths: paths.length === 0 ? [row.path] : paths,
    host: hostName,
    volume: volumeName,
    // The columns hold only what this store wrote, of these very types.
    reason: reason as SnapshotReason,
    state: state as SnapshotState,
    ...heldBy(row),
    files: Number(files),
    bytes: Number(bytes),
    bytesAdded: Number(bytesAdded),
    takenAt: takenAt.toISOString(),
  };
}

/** The newest snapshot of a volume that holds all of it; null when there is none. */
export async function newestGoodSnapshot(db: Reader, hostName: string, volumeName: string): Promise<Snapshot | null> {
  const row = await db.snapshot.findFirst({
    where: { hostName, volumeName, state: 'good', originalId: null },
    orderBy: [{ takenAt: 'desc' }, { id: 'asc' }],
  });
  return row === null ? null : toSnapshot(row);
}

/** Takes snapshots for first passes: what was to be at rest was not. */
export async function countAsFirstPass(db: Reader, ids: readonly string[]): Promise<void> {
  await db.snapshot.updateMany({ where: { id: { in: [...ids] } }, data: { reason: 'first_pass' } });
}

/** These snapshots of volumes, as far as they are there and the caller may see them, by volume. */
export async function volumeSnapshots(
  db: Reader,
  scope: ProjectScope,
  ids: readonly string[],
): Promise<(Snapshot & { readonly volume: string })[]> {
  const seen = scope === 'all' ? {} : { project: { in: [...scope] } };
  const rows = await db.snapshot.findMany({ where: { id: { in: [...ids] }, ...seen }, orderBy: { volumeName: 'asc' } });
  return rows.map(toSnapshot).filter((one): one is Snapshot & { readonly volume: string } => one.volume !== null);
}

/** Writes a snapshot down; does nothing when it is known (a worker that took over saw the same helper end). */
export async function recordSnapshot(
  db: Reader,
  { host, volume, paths, original = null, dump, image, configuration, server, ...snapshot }: NewSnapshot,
): Promise<void> {
  const place = { hostName: host, volumeName: volume, paths: [...(paths ?? [snapshot.path])] };
  const held = heldColumns({ dump, image, configuration, server });
  const data = { ...snapshot, ...place, ...held, originalId: original };
  await db.snapshot.upsert({ where: { id: snapshot.id }, create: data, update: {} });
}

/** Takes a snapshot out of the catalogue. */
export async function removeSnapshot(db: Reader, id: string): Promise<void> {
  await db.snapshot.deleteMany({ where: { id } });
}

/** A snapshot by its id or the beginning of it; null when there is none or more than one. */
export async function findSnapshot(db: Reader, idOrPrefix: string): Promise<Snapshot | null> {
  const rows = await db.snapshot.findMany({ where: { id: { startsWith: idOrPrefix } }, take: 2 });
  const [row] = rows;
  return row === undefined || rows.length > 1 ? null : toSnapshot(row);
}

/** All snapshots that a repository has of images with these ids, the newest first. */
export async function snapshotsOfImages(
  db: Reader,
  repositoryId: string,
  imageIds: readonly string[],
): Promise<Snapshot[]> {
  const where = { repositoryId, imageId: { in: [...imageIds] }, state: 'good' };
  return (await db.snapshot.findMany({ where, orderBy: newestFirst })).map(toSnapshot);
}

/** The newest snapshot of a configuration in a repository: of a Compose project, or (null) of all of the host. */
export async function newestConfiguration(
  db: Reader,
  { repositoryId, host, composeProject }: { repositoryId: string; host: string; composeProject: string | null },
): Promise<Snapshot | null> {
  const isOne = { configurationDigest: { not: null }, configurationProject: composeProject };
  const where = { repositoryId, hostName: host, state: 'good', ...isOne };
  const row = await db.snapshot.findFirst({ where, orderBy: newestFirst });
  return row === null ? null : toSnapshot(row);
}

/** Snapshots, newest first. */
export async function listSnapshots(
  db: Reader,
  scope: ProjectScope,
  filter: SnapshotFilter,
  limit: number,
  cursor?: string,
): Promise<Page<Snapshot>> {
  const rows = await db.snapshot.findMany({
    where: { AND: [matching(filter), within(scope), cursor === undefined ? {} : olderThan(cursor)] },
    orderBy: [{ takenAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  return toPage(rows, limit, (row) => [row.takenAt.toISOString(), row.id], toSnapshot);
}

/** The newest `each` snapshots of each volume (`host/name`), in one statement. */
export async function newestSnapshotsOf(
  db: Database,
  scope: ProjectScope,
  volumes: readonly string[],
  each: number,
): Promise<Snapshot[]> {
  const ids = await db.$queryRaw<{ id: string }[]>`
    select s.id from unnest(${[...volumes]}::text[]) as wanted(address)
    cross join lateral (
      select id, taken_at from snapshots where host = split_part(wanted.address, '/', 1) and volume = split_part(wanted.address, '/', 2)
      order by taken_at desc, id desc limit ${each}
    ) s`;
  const rows = await db.snapshot.findMany({
    where: { AND: [{ id: { in: ids.map(({ id }) => id) } }, within(scope)] },
    orderBy: [{ takenAt: 'desc' }, { id: 'desc' }],
  });
  return rows.map(toSnapshot);
}

/** The copies of these snapshots in other repositories. */
export async function copiesOfSnapshots(
  db: Reader,
  scope: ProjectScope,
  originals: readonly string[],
): Promise<Snapshot[]> {
  const rows = await db.snapshot.findMany({
    where: { AND: [{ originalId: { in: [...originals] } }, within(scope)] },
    orderBy: [{ takenAt: 'desc' }, { id: 'desc' }],
  });
  return rows.map(toSnapshot);
}

function matching({ host, volume, repositoryId, reason, holds }: SnapshotFilter): Prisma.SnapshotWhereInput {
  return {
    ...(host === undefined ? {} : { hostName: host }),
    ...(volume === undefined ? {} : { volumeName: volume }),
    ...(repositoryId === undefined ? {} : { repositoryId }),
    ...(reason === undefined ? {} : { reason }),
    ...(holds === undefined ? {} : contentCondition(holds)),
  };
}

function within(scope: ProjectScope): Prisma.SnapshotWhereInput {
  return scope === 'all' ? {} : { project: { in: [...scope] } };
}

function olderThan(cursor: string): Prisma.SnapshotWhereInput {
  const { at, id } = decodeTimeCursor(cursor, wholeId);
  return { OR: [{ takenAt: { lt: at } }, { takenAt: at, id: { lt: id } }] };
}
