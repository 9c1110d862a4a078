import { Prisma, type Reader } from '../database/client.ts';
import { boundFolderOf } from './bound-folder.ts';
import { type PathFacts, parsePathFacts } from './path-facts.ts';

/** A path of a host, as an address of its facts. */
export interface HostPath {
  readonly host: string;
  readonly path: string;
}

/** What is known of these paths, by host and path as {@link hostPathKey} joins them. */
export async function pathFactsOf(db: Reader, wanted: readonly HostPath[]): Promise<ReadonlyMap<string, PathFacts>> {
  if (wanted.length === 0) return new Map();
  const byHost = Map.groupBy(wanted, ({ host }) => host);
  const onHosts = [...byHost].map(([hostName, paths]) => ({ hostName, path: { in: paths.map(({ path }) => path) } }));
  const rows = await db.hostPath.findMany({ where: { OR: onHosts } });
  return new Map(
    rows.flatMap(({ hostName, path, facts }) => {
      const parsed = parsePathFacts(facts);
      return parsed === null ? [] : [[hostPathKey({ host: hostName, path }), parsed]];
    }),
  );
}

/** A key for maps. */
export function hostPathKey({ host, path }: HostPath): string {
  return `${host}${path}`;
}

/** What of a host its containers bind, and its volumes of the driver `local`; a path may come twice. */
export async function boundPaths(db: Reader, hostName: string): Promise<string[]> {
  const mounts = await db.mount.findMany({
    where: { hostName, type: 'bind' },
    distinct: ['source'],
    select: { source: true },
  });
  const volumes = await db.volume.findMany({
    where: { hostName, driver: 'local', options: { path: ['device'], string_starts_with: '/' } },
    select: { driver: true, options: true },
  });
  return [
    ...mounts.map(({ source }) => source),
    // Written by the inventory: options of a driver are strings.
    ...volumes.flatMap(({ driver, options }) => boundFolderOf(driver, options as Record<string, string>) ?? []),
  ];
}

/**
 * The folders of volumes that a container which is not root has mounted: whether it may use them is seen by their owner.
 * Docker's own folders only, and each once.
 */
export async function foldersOfVolumes(db: Reader, hostName: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ source: string }[]>`
    select distinct mounts.source from mounts
    join containers container on container.host = mounts.host and container.id = mounts.container_id
    join volumes volume on volume.id = mounts.volume_id
    where mounts.host = ${hostName} and container.user <> '' and container.user !~ '^(root|0+)(:|$)' and mounts.subpath is null
      and mounts.source like '/%' and volume.driver = 'local' and not (volume.options ?| array['device', 'type'])`;
  return rows.map(({ source }) => source);
}

/** Which paths of a host were looked at since then. */
export async function pathsCheckedSince(db: Reader, host: string, since: Date): Promise<ReadonlySet<string>> {
  const rows = await db.hostPath.findMany({
    where: { hostName: host, checkedAt: { gte: since } },
    select: { path: true },
  });
  return new Set(rows.map(({ path }) => path));
}

/** Writes down what was seen of paths; null for one that was looked at in vain. */
export async function saveHostPaths(
  db: Reader,
  host: string,
  facts: ReadonlyMap<string, PathFacts | null>,
  checkedAt: Date,
): Promise<void> {
  const rows = JSON.stringify([...facts].map(([path, one]) => ({ path, facts: one })));
  await db.$executeRaw(Prisma.sql`
    insert into host_paths (host, path, facts, checked_at)
    select ${host}, seen.path, coalesce(seen.facts, 'null'::jsonb), ${checkedAt}
    from jsonb_to_recordset(${rows}::jsonb) as seen(path text, facts jsonb)
    on conflict (host, path) do update set facts = excluded.facts, checked_at = excluded.checked_at`);
}

/** Writes down what a look without counting saw: what was counted stays, as long as it is the same folder. */
export async function refreshHostPaths(
  db: Reader,
  host: string,
  facts: ReadonlyMap<string, PathFacts | null>,
): Promise<void> {
  const rows = JSON.stringify([...facts].map(([path, one]) => ({ path, facts: one })));
  await db.$executeRaw(Prisma.sql`
    update host_paths set facts = seen.facts || case when host_paths.facts->>'identity' = seen.facts->>'identity'
      then jsonb_build_object('entries', host_paths.facts->'entries', 'entriesAreMore', host_paths.facts->'entriesAreMore')
      else '{}'::jsonb end
    from jsonb_to_recordset(${rows}::jsonb) as seen(path text, facts jsonb)
    where host_paths.host = ${host} and host_paths.path = seen.path and jsonb_typeof(seen.facts) = 'object'`);
}

/** Forgets the paths of a host that are none of these. */
export async function forgetOtherPaths(db: Reader, host: string, kept: readonly string[]): Promise<void> {
  await db.$executeRaw(Prisma.sql`
    delete from host_paths where host = ${host} and not (path = any(${[...kept]}::text[]))`);
}
