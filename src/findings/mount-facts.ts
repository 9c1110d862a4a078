import type { Prisma, Reader } from '../database/client.ts';
import { boundFolderOf, hostPathOf } from '../hosts/read.ts';
import type { VolumeIndex } from '../shares/volume-index.ts';
import { boundNamesOf } from './bound-path.ts';
import { readStrings, readTmpfs } from './fact-schemas.ts';
import type { MountFacts, PathFacts } from './facts.ts';
import { loadPaths } from './surroundings-store.ts';

const include = { volume: { select: { driver: true, options: true } } } as const;
type MountRow = Prisma.MountGetPayload<{ include: typeof include }>;

/** What has a volume or a path mounted. */
interface Mounter {
  readonly containerId: string;
  readonly containerName: string;
}

/** The mounts of all containers of a host, or of these, by id of the container, with the volumes of `index` that they reach. A constant number of statements. */
export async function loadMounts(
  db: Reader,
  hostName: string,
  containers: readonly string[] | undefined,
  index?: VolumeIndex,
): Promise<ReadonlyMap<string, MountFacts[]>> {
  const rows = await db.mount.findMany({
    where: { hostName, ...(containers === undefined ? {} : { containerId: { in: [...containers] } }) },
    include,
    orderBy: [{ containerId: 'asc' }, { target: 'asc' }],
  });
  const paths = await loadPaths(db, hostName, [...new Set(rows.flatMap((row) => pathOf(row) ?? []))]);
  const relabeled = rows.filter(({ selinux }) => selinux === 'private').map(({ source }) => source);
  const mounters = await loadMounters(db, hostName, relabeled);
  const facts = new Map<string, MountFacts[]>();
  for (const row of rows) {
    const mount = reaching(toMount(row, paths, mounters), index);
    const known = facts.get(row.containerId);
    if (known === undefined) facts.set(row.containerId, [mount]);
    else known.push(mount);
  }
  return facts;
}

/** Which containers mount each of these sources. One statement. */
export async function loadMounters(
  db: Reader,
  hostName: string,
  sources: readonly string[],
): Promise<ReadonlyMap<string, readonly Mounter[]>> {
  const mounters = await db.$queryRaw<(Mounter & { source: string })[]>`
    select mounts.source, mounts.container_id as "containerId", containers.name as "containerName" from mounts
    join containers on containers.host = mounts.host and containers.id = mounts.container_id
    where mounts.host = ${hostName} and mounts.source <> '' and mounts.source = any(${[...new Set(sources)]}::text[])
    order by containers.name`;
  return Map.groupBy(mounters, ({ source }) => source);
}

function pathOf({ type, source, subpath, volume }: MountRow): string | null {
  return hostPathOf({ type, source, subpath, volume: readVolume(volume) });
}

function readVolume(volume: MountRow['volume']) {
  return volume === null ? null : { driver: volume.driver, options: readStrings(volume.options) ?? {} };
}

function toMount(
  row: MountRow,
  paths: ReadonlyMap<string, PathFacts>,
  mounters: ReadonlyMap<string, readonly Mounter[]>,
): MountFacts {
  const { source, target, driver, readOnly, propagation, noCopy, subpath, project } = row;
  const hostPath = pathOf(row);
  const mounted = readVolume(row.volume);
  return {
    type: typeOf(row.type),
    source,
    target,
    volume: row.volumeName,
    driver,
    readOnly,
    propagation,
    selinux: row.selinux === 'shared' || row.selinux === 'private' ? row.selinux : null,
    noCopy,
    subpath,
    tmpfs: readTmpfs(row.tmpfs),
    boundFolder: row.type === 'bind' || mounted === null ? null : boundFolderOf(mounted.driver, mounted.options),
    path: hostPath === null ? null : (paths.get(hostPath) ?? null),
    sharedWith: row.selinux === 'private' ? others(mounters.get(source) ?? [], row.containerId) : null,
    reaches: [],
    project,
  };
}

/** With the volumes that it reaches: by name, and by the paths that it gives to the container. */
export function reaching(mount: MountFacts, index: VolumeIndex | undefined): MountFacts {
  return { ...mount, reaches: index?.reachedBy({ volume: mount.volume, paths: boundNamesOf(mount) }) ?? [] };
}

function others(mounters: readonly Mounter[], containerId: string): string[] {
  return mounters.filter((mounter) => mounter.containerId !== containerId).map(({ containerName }) => containerName);
}

const types = ['volume', 'bind', 'tmpfs', 'image', 'cluster', 'npipe'] as const;

/** Docker's word; a new one of a newer Docker is looked at as a bind is not: no rule knows it. */
function typeOf(word: string): MountFacts['type'] {
  return types.find((type) => type === word) ?? 'npipe';
}
