import { type Actor, type ProjectScope, reaches, scopeOf } from '../access/roles.ts';
import { isTaken, type Prisma, type Reader } from '../database/client.ts';
import { type Failure, fail } from '../errors.ts';
import { keysByHost } from '../hosts/read.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { Share } from './model.ts';
import { shownTo } from './shown-shares.ts';

export type ShareRow = Prisma.ShareGetPayload<object>;

export interface ShareFilter {
  readonly host?: string;
  /** Name. */
  readonly volume?: string;
  readonly project?: string;
}

export function shareNotFound(name: string): Failure {
  return fail('share_not_found', `There is no share "${name}".`);
}

/** Shares that the caller may see, by name. Two statements. */
export async function listShares(
  db: Reader,
  actor: Actor,
  { host, volume, project }: ShareFilter,
  limit: number,
  cursor?: string,
): Promise<Page<Share>> {
  const equal = {
    ...(host === undefined ? {} : { hostName: host }),
    ...(volume === undefined ? {} : { volumeName: volume }),
    ...(project === undefined ? {} : { project }),
  };
  const [after] = cursor === undefined ? [] : decodeCursor(cursor, 1);
  const rows = await db.share.findMany({
    where: { AND: [shownTo(actor, new Date()), equal, after === undefined ? {} : { name: { gt: after } }] },
    orderBy: { name: 'asc' },
    take: limit + 1,
  });
  return toPage(
    await toShares(db, actor, rows),
    limit,
    ({ name }) => [name],
    (share) => share,
  );
}

export async function findShareRow(db: Reader, name: string): Promise<ShareRow | null> {
  return await db.share.findUnique({ where: { name } });
}

/** The share as the caller sees it; null when there is none. */
export async function findShare(db: Reader, actor: Actor, name: string): Promise<Share | null> {
  const row = await findShareRow(db, name);
  if (row === null) return null;
  const [share] = await toShares(db, actor, [row]);
  return share ?? null;
}

/** Whether the caller may see a share of a project that they do not reach. */
export async function isShownTo(db: Reader, actor: Actor, name: string): Promise<boolean> {
  return (await db.share.count({ where: { AND: [{ name }, shownTo(actor, new Date())] } })) > 0;
}

export type NewShare = Omit<ShareRow, 'createdAt' | 'version'>;

/** Writes a share down; a repeated call finds it. Throws `share_exists`. */
export async function createShare(db: Reader, share: NewShare): Promise<void> {
  try {
    await db.share.upsert({ where: { id: share.id }, create: share, update: {} });
  } catch (error) {
    if (!isTaken(error)) throw error;
    const ofVolume = await db.share.findFirst({ where: { hostName: share.hostName, volumeName: share.volumeName } });
    throw fail(
      'share_exists',
      ofVolume === null
        ? `The name "${share.name}" is taken; choose another one.`
        : `Volume "${share.volumeName}" is shared already, as "${ofVolume.name}"; a volume has one share.`,
    );
  }
}

export type ShareChanges = Partial<Pick<ShareRow, 'description' | 'offeredTo' | 'offeredProjects' | 'onViolation'>>;

/** Throws `share_not_found` and `version_mismatch`. */
export async function updateShare(
  db: Reader,
  name: string,
  changes: ShareChanges,
  expectedVersion: number | undefined,
): Promise<void> {
  const where = { name, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) };
  const { count } = await db.share.updateMany({ where, data: { ...changes, version: { increment: 1 } } });
  if (count === 0) throw await absentOrChanged(db, name, expectedVersion);
}

/** Throws `share_not_found` and `version_mismatch`. */
export async function deleteShare(db: Reader, name: string, expectedVersion: number | undefined): Promise<void> {
  const where = { name, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) };
  const { count } = await db.share.deleteMany({ where });
  if (count === 0) throw await absentOrChanged(db, name, expectedVersion);
}

/** The shares of these volumes (`host/name`) that the caller may see. */
export async function sharesOfVolumes(db: Reader, actor: Actor, addresses: readonly string[]): Promise<Share[]> {
  const volumes = keysByHost(addresses).map(({ hostName, keys }) => ({ hostName, volumeName: { in: keys } }));
  const rows = await db.share.findMany({ where: { AND: [shownTo(actor, new Date()), { OR: volumes }] } });
  return await toShares(db, actor, rows);
}

/** One more statement for any number of shares. */
async function toShares(db: Reader, actor: Actor, rows: readonly ShareRow[]): Promise<Share[]> {
  const volumes = await db.volume.findMany({
    where: { OR: rows.map(({ hostName, volumeName }) => ({ hostName, name: volumeName })) },
    select: { hostName: true, name: true, project: true, environment: true },
  });
  const scope = scopeOf(actor, 'read');
  return rows.map((row) => {
    const volume = volumes.find(({ hostName, name }) => hostName === row.hostName && name === row.volumeName);
    return toShare(row, volume, scope);
  });
}

function toShare(
  row: ShareRow,
  volume: { readonly project: string | null; readonly environment: string | null } | undefined,
  scope: ProjectScope,
): Share {
  const { id, name, project, description, createdBy, version } = row;
  return {
    id,
    name,
    project,
    description,
    createdBy,
    version,
    host: row.hostName,
    volume: row.volumeName,
    environment: volume?.environment ?? null,
    // The columns hold only words of the model.
    offeredTo: row.offeredTo as Share['offeredTo'],
    onViolation: row.onViolation as Share['onViolation'],
    offeredProjects: row.offeredProjects.filter((one) => reaches(scope, one) || reaches(scope, project)),
    state: stateOf(row, volume),
    createdAt: row.createdAt.toISOString(),
  };
}

function stateOf({ project }: ShareRow, volume: { readonly project: string | null } | undefined): Share['state'] {
  if (volume === undefined) return 'volume_missing';
  return volume.project === project ? 'available' : 'volume_reassigned';
}

async function absentOrChanged(db: Reader, name: string, expectedVersion: number | undefined): Promise<Failure> {
  if ((await db.share.count({ where: { name } })) === 0) return shareNotFound(name);
  return fail(
    'version_mismatch',
    `The share is not at version ${expectedVersion} any more; read it again and repeat the change.`,
  );
}

/** Names of the shares of these volumes of a host, by name of the volume. */
export async function sharedVolumeNames(
  db: Reader,
  host: string,
  volumes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.share.findMany({
    where: { hostName: host, volumeName: { in: [...volumes] } },
    select: { name: true, volumeName: true },
  });
  return new Map(rows.map(({ name, volumeName }) => [volumeName, name]));
}
