import type { ProjectScope } from '../access/roles.ts';
import { Prisma, type Reader } from '../database/client.ts';
import { findingsFromJson } from '../findings/read.ts';
import {
  type HostPath,
  hostPathKey,
  hostPathOf,
  hostUserOf,
  idOffsetsOf,
  idsOf,
  keysByHost,
  kindOf,
  type PathFacts,
  pathFactsOf,
} from '../hosts/read.ts';
import { toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { seenMounts, type VolumeSight } from '../shares/shared-with.ts';
import type { Mount } from './model.ts';
import { following, type MountFilter, matching } from './mount-filter.ts';
import { type MountRow, readMounts } from './mount-rows.ts';

/** Mounts that the caller may see, by host, container and target. */
export async function listMounts(
  db: Reader,
  sight: VolumeSight,
  filter: MountFilter,
  limit: number,
  cursor?: string,
): Promise<Page<Mount>> {
  const rows = await readMounts(db, [seenMounts(sight), ...matching(filter), ...following(cursor)], limit + 1);
  const { items, nextCursor } = toPage(
    rows,
    limit,
    ({ hostName, containerId, target }) => [hostName, containerId, target],
    (row) => row,
  );
  return { items: await toMounts(db, items), nextCursor };
}

/** The mounts of these volumes (`host/name`) that the caller may see. */
export async function mountsOfVolumes(db: Reader, sight: VolumeSight, addresses: readonly string[]): Promise<Mount[]> {
  return await toMounts(db, await readMounts(db, [seenMounts(sight), addressed('m.volume_name', addresses)]));
}

/** The mounts of these containers (`host/id`) that the caller may see. */
export async function mountsOfContainers(
  db: Reader,
  sight: VolumeSight,
  addresses: readonly string[],
): Promise<Mount[]> {
  return await toMounts(db, await readMounts(db, [seenMounts(sight), addressed('m.container_id', addresses)]));
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

/** The condition for mounts whose host and `column` are one of these addresses (`host/…`). */
function addressed(column: 'm.volume_name' | 'm.container_id', addresses: readonly string[]): Prisma.Sql {
  const byHost = keysByHost(addresses).map(
    ({ hostName, keys }) => Prisma.sql`(m.host = ${hostName} and ${Prisma.raw(column)} = any(${keys}::text[]))`,
  );
  return byHost.length === 0 ? Prisma.sql`false` : Prisma.sql`(${Prisma.join(byHost, ' or ')})`;
}

/** With what is known of the paths that they bind: one more statement, where there are any. */
async function toMounts(db: Reader, rows: readonly MountRow[]): Promise<Mount[]> {
  const paths = await pathFactsOf(db, rows.flatMap(pathsOf));
  const now = new Date();
  return rows.map((row) => toMount(row, paths, now));
}

function pathsOf({ hostName: host, type, source, subpath, volume }: MountRow): HostPath[] {
  const path = hostPathOf({ type, source, subpath, volume });
  return path === null ? [] : [{ host, path }];
}

function toMount(row: MountRow, paths: ReadonlyMap<string, PathFacts>, now: Date): Mount {
  const { source, target, driver, mode, readOnly, propagation, noCopy, subpath, project } = row;
  const [path] = pathsOf(row);
  const hostUser = hostUserOf(row.container, row.engine === null ? null : idOffsetsOf(row.engine));
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
    findings: findingsFromJson(row.findings, now),
  };
}
