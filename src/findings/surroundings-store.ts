import type { Config } from '../config.ts';
import type { Reader } from '../database/client.ts';
import { idOffsetsOf, parsePathFacts, socketPaths } from '../hosts/read.ts';
import { readEngineDetails, readStorage } from './fact-schemas.ts';
import type { HostFacts, PathFacts, Surroundings } from './facts.ts';

/** What rules may look at on a host, with the settings; null when there is no such host. Two statements. */
export async function loadSurroundings(db: Reader, config: Config, hostName: string): Promise<Surroundings | null> {
  const row = await db.host.findUnique({ where: { name: hostName } });
  if (row === null) return null;
  const details = readEngineDetails(row.details);
  const sockets = socketPaths(row.endpoint);
  const paths = await loadPaths(db, hostName, sockets);
  const host: HostFacts = {
    name: hostName,
    storageDriver: row.storageDriver,
    backingFileSystem: details?.backingFileSystem ?? null,
    remapsUsers: details?.remapsUsers ?? null,
    idOffsets: details === null ? null : idOffsetsOf(details),
    rootFolder: details?.rootFolder ?? null,
    storage: readStorage(row.storage),
    volumeDrivers: details?.volumeDrivers ?? null,
    memoryBytes: details?.memoryBytes ?? null,
    sockets: sockets.map((path) => ({ path, identity: paths.get(path)?.identity ?? null })),
  };
  const { allowedRoots, bindFiles, naming, uncoveredSeconds } = config;
  return { host, now: new Date(), allowedRoots, bindFiles, naming, uncoveredSeconds };
}

/** What is known of these paths of a host. One statement. */
export async function loadPaths(
  db: Reader,
  hostName: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, PathFacts>> {
  const rows = await db.$queryRaw<{ path: string; facts: unknown }[]>`
    select path, facts from host_paths where host = ${hostName} and path = any(${[...paths]}::text[])`;
  const known = new Map<string, PathFacts>();
  for (const { path, facts } of rows) {
    const read = parsePathFacts(facts);
    if (read !== null) known.set(path, read);
  }
  return known;
}
