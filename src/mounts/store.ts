import type { ProjectScope } from '../access/roles.ts';
import type { Prisma, Reader } from '../database/client.ts';
import { atLeast, findingsOfMounts } from '../findings/read.ts';
import type { Severity } from '../findings/rule.ts';
import {
  type HostPath,
  hostPathKey,
  hostPathOf,
  hostUserOf,
  type IdOffsets,
  idOffsetsOfHosts,
  idsOf,
  keysByHost,
  kindOf,
  type PathFacts,
  pathFactsOf,
} from '../hosts/read.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { mountsWithin, type VolumeSight } from '../shares/shared-with.ts';
import type { Mount, MountPropagation, MountType } from './model.ts';
import { type MountRow, readMounts } from './mount-rows.ts';

const key = { hostName: true, containerId: true, target: true } as const satisfies Prisma.MountSelect;
const orderBy = [
  { hostName: 'asc' },
  { containerId: 'asc' },
  { target: 'asc' },
] as const satisfies Prisma.MountOrderByWithRelationInput[];

export interface MountFilter {
  readonly type?: MountType;
  readonly host?: string;
  /** Name or id. */
  readonly container?: string;
  /** Name. */
  readonly volume?: string;
  readonly project?: string;
  readonly readOnly?: boolean;
  readonly target?: string;
  /** It and what is below it. */
  readonly source?: string;
  readonly driver?: string;
  readonly propagation?: MountPropagation;
  /** Of the container. */
  readonly user?: string;
  /** Of a finding about it, at least. */
  readonly severity?: Severity;
}

/** Mounts that the caller may see, by host, container and target. */
export async function listMounts(
  db: Reader,
  sight: VolumeSight,
  filter: MountFilter,
  limit: number,
  cursor?: string,
): Promise<Page<Mount>> {
  const after = cursor === undefined ? {} : following(cursor);
  const keys = await db.mount.findMany({
    where: { AND: [mountsWithin(sight), matching(filter), after] },
    orderBy: [...orderBy],
    select: key,
    take: limit + 1,
  });
  const { items, nextCursor } = toPage(
    keys,
    limit,
    ({ hostName, containerId, target }) => [hostName, containerId, target],
    (one) => one,
  );
  return { items: await toMounts(db, await readMounts(db, sight, items)), nextCursor };
}

/** The mounts of these volumes (`host/name`) that the caller may see. */
export async function mountsOfVolumes(db: Reader, sight: VolumeSight, addresses: readonly string[]): Promise<Mount[]> {
  return await mountsWhere(
    db,
    sight,
    keysByHost(addresses).map(({ hostName, keys }) => ({ hostName, volumeName: { in: keys } })),
  );
}

/** The mounts of these containers (`host/id`) that the caller may see. */
export async function mountsOfContainers(
  db: Reader,
  sight: VolumeSight,
  addresses: readonly string[],
): Promise<Mount[]> {
  return await mountsWhere(
    db,
    sight,
    keysByHost(addresses).map(({ hostName, keys }) => ({ hostName, containerId: { in: keys } })),
  );
}

/** Where these volumes are on their host, by name; what is not known, or told by no driver, is left out. */
export async function mountpointsOf(
  db: Reader,
  hostName: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.volume.findMany({
    where: { hostName, name: { in: [...names] } },
    select: { name: true, mountpoint: true },
  });
  return new Map(rows.map(({ name, mountpoint }) => [name, mountpoint]));
}

/** Which of these containers (ids) the caller may see. */
export async function seenContainers(
  db: Reader,
  scope: ProjectScope,
  hostName: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const inScope = scope === 'all' ? {} : { project: { in: [...scope] } };
  const rows = await db.container.findMany({
    where: { hostName, id: { in: [...ids] }, ...inScope },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

/** What a container is called by. */
export interface ContainerName {
  readonly id: string;
  readonly name: string;
}

/** The containers of a host that the caller may see and that have one of these names, ids or beginnings of an id. */
export async function containersNamed(
  db: Reader,
  scope: ProjectScope,
  hostName: string,
  names: readonly string[],
): Promise<ContainerName[]> {
  const inScope = scope === 'all' ? {} : { project: { in: [...scope] } };
  const beginnings = names.filter((name) => /^[0-9a-f]{1,64}$/.test(name));
  const called = [{ name: { in: [...names] } }, ...beginnings.map((startsWith) => ({ id: { startsWith } }))];
  return await db.container.findMany({ where: { hostName, OR: called, ...inScope }, select: { id: true, name: true } });
}

async function mountsWhere(db: Reader, sight: VolumeSight, alternatives: Prisma.MountWhereInput[]): Promise<Mount[]> {
  const keys = await db.mount.findMany({
    where: { AND: [mountsWithin(sight), { OR: alternatives }] },
    select: key,
  });
  return await toMounts(db, await readMounts(db, sight, keys));
}

function matching({ host, volume, container, source, user, severity, ...equal }: MountFilter): Prisma.MountWhereInput {
  return {
    ...equal,
    ...(user === undefined ? {} : { container: { user } }),
    ...(source === undefined ? {} : { AND: [{ OR: withinFolder(source) }] }),
    ...(host === undefined ? {} : { hostName: host }),
    ...(volume === undefined ? {} : { volumeName: volume }),
    ...(severity === undefined ? {} : { severity: { in: atLeast(severity) } }),
    ...(container === undefined ? {} : { OR: [{ containerId: container }, { container: { name: container } }] }),
  };
}

/** A folder and all that is below it; what means something to LIKE stands for itself. */
function withinFolder(path: string): Prisma.MountWhereInput[] {
  const folder = path.replace(/\/+$/, '');
  const below = { source: { startsWith: `${folder.replaceAll(/[\\%_]/g, '\\$&')}/` } };
  return folder === '' ? [below] : [{ source: folder }, below];
}

function following(cursor: string): Prisma.MountWhereInput {
  const [hostName = '', containerId = '', target = ''] = decodeCursor(cursor, 3);
  return {
    OR: [
      { hostName: { gt: hostName } },
      { hostName, containerId: { gt: containerId } },
      { hostName, containerId, target: { gt: target } },
    ],
  };
}

/** With what is known of their paths, users and findings: three more statements for any number of mounts. */
async function toMounts(db: Reader, rows: readonly MountRow[]): Promise<Mount[]> {
  const addresses = rows.map((row) => ({ host: row.hostName, container: { id: row.containerId }, target: row.target }));
  const hosts = rows.map(({ hostName }) => hostName);
  const [paths, offsets, findings] = await Promise.all([
    pathFactsOf(db, rows.flatMap(pathsOf)),
    idOffsetsOfHosts(db, hosts),
    findingsOfMounts(db, addresses),
  ]);
  const mounts = rows.map((row) => toMount(row, paths, offsets.get(row.hostName) ?? null));
  return mounts.map((mount, index) => ({ ...mount, findings: findings[index] ?? [] }));
}

function pathsOf({ hostName: host, type, source, subpath, volume }: MountRow): HostPath[] {
  const path = hostPathOf({ type, source, subpath, volume });
  return path === null ? [] : [{ host, path }];
}

function toMount(
  row: MountRow,
  paths: ReadonlyMap<string, PathFacts>,
  offsets: IdOffsets | null,
): Omit<Mount, 'findings'> {
  const { source, target, driver, mode, readOnly, propagation, noCopy, subpath, project } = row;
  const [path] = pathsOf(row);
  const hostUser = hostUserOf(row.container, offsets);
  return {
    host: row.hostName,
    container: { id: row.containerId, name: row.container.name, state: row.container.state },
    type: row.type,
    selinux: row.selinux,
    tmpfs: row.tmpfs,
    volume: row.volumeName,
    volumeKind: row.volumeName === null ? null : kindOf(row.volumeName),
    options: mode.split(',').flatMap((word) => word.trim() || []),
    user: row.container.user,
    hostUser: hostUser === null ? null : idsOf(hostUser),
    path: path === undefined ? null : (paths.get(hostPathKey(path)) ?? null),
    source,
    target,
    driver,
    mode,
    readOnly,
    propagation,
    noCopy,
    subpath,
    project,
  };
}
