import { Prisma, type Reader } from '../database/client.ts';
import { withParent } from '../database/with-parent.ts';
import { lastDrills } from '../drills/read.ts';
import { knownProblems } from '../health/read.ts';
import { protectionOf } from '../protection/read.ts';
import { damagedSnapshotsOf } from '../repositories/read.ts';
import { loadVolumeIndexes } from '../shares/load-index.ts';
import { readStrings } from './fact-schemas.ts';
import type { ContainerFacts, VolumeFacts, VolumeUser } from './facts.ts';
import type { Scene } from './judge.ts';
import { loadMounts } from './mount-facts.ts';

/** What a scene is restricted to; a volume's users are complete all the same. */
export interface SceneFilter {
  /** Ids. */
  readonly containers: readonly string[];
  /** Names. */
  readonly volumes: readonly string[];
}

const ofContainers = {
  id: true,
  name: true,
  image: true,
  state: true,
  user: true,
  usernsMode: true,
  memoryLimitBytes: true,
  restartPolicy: true,
  createdAt: true,
  project: true,
  environment: true,
  labels: true,
  writableBytes: true,
} as const satisfies Prisma.ContainerSelect;
type ContainerRow = Prisma.ContainerGetPayload<{ select: typeof ofContainers }>;

const ofVolumes = {
  name: true,
  kind: true,
  driver: true,
  options: true,
  labels: true,
  project: true,
  environment: true,
  createdAt: true,
  firstSeenAt: true,
  lastUsedAt: true,
} as const satisfies Prisma.VolumeSelect;
type VolumeRow = Prisma.VolumeGetPayload<{ select: typeof ofVolumes }>;

const growthDays = 14;

/** What is on a host: everything, or what the filter names. A constant number of statements. */
export async function loadScene(db: Reader, hostName: string, filter?: SceneFilter): Promise<Scene> {
  const volumes = await db.volume.findMany({
    where: { hostName, ...(filter === undefined ? {} : { name: { in: [...filter.volumes] } }) },
    select: ofVolumes,
  });
  const users = await loadUsers(db, hostName, filter?.volumes);
  const containers = await db.container.findMany({
    where: { hostName, ...(filter === undefined ? {} : { id: { in: [...filter.containers] } }) },
    select: ofContainers,
  });
  const growth = await loadGrowth(db, hostName, filter?.containers);
  const index = (await loadVolumeIndexes(db, [hostName])).get(hostName);
  const mounts = await loadMounts(db, hostName, filter?.containers, index);
  const damaged = await damagedSnapshotsOf(db, hostName, filter?.volumes);
  const drills = await lastDrills(db, hostName, filter?.volumes);
  const protection = await protectionOf(db, hostName, filter?.volumes);
  const problems = await knownProblems(db, hostName, filter?.volumes);
  return {
    containers: containers.map((row) => toContainer(row, growth.get(row.id) ?? null, mounts.get(row.id) ?? [])),
    volumes: volumes.map((row) => ({
      ...toVolume(row, users.get(row.name) ?? [], index?.find(row.name)?.share != null),
      problems: problems.get(row.name) ?? [],
      damagedSnapshots: damaged.get(row.name) ?? [],
      lastDrill: drills.get(row.name) ?? null,
      protection: protection.get(row.name) ?? null,
    })),
  };
}

/** By name of the volume. */
async function loadUsers(
  db: Reader,
  hostName: string,
  volumes: readonly string[] | undefined,
): Promise<ReadonlyMap<string, VolumeUser[]>> {
  const container = { select: { id: true, name: true, state: true, project: true, environment: true, image: true } };
  const rows = await db.mount.findMany({
    where: { hostName, volumeName: volumes === undefined ? { not: null } : { in: [...volumes] } },
    select: { volumeName: true, target: true, readOnly: true, container },
    orderBy: [{ containerId: 'asc' }, { target: 'asc' }],
  });
  const byName = new Map<string, VolumeUser[]>();
  for (const { volumeName, ...user } of withParent(rows, 'container')) {
    if (volumeName === null) continue;
    const known = byName.get(volumeName);
    if (known === undefined) byName.set(volumeName, [user]);
    else known.push(user);
  }
  return byName;
}

/** Bytes a day by id of the container, of those that were measured at least twice in the last days, an hour apart. */
async function loadGrowth(
  db: Reader,
  hostName: string,
  containers: readonly string[] | undefined,
): Promise<ReadonlyMap<string, number>> {
  const within =
    containers === undefined ? Prisma.empty : Prisma.sql`and container_id = any(${[...containers]}::text[])`;
  const rows = await db.$queryRaw<{ id: string; slope: number | null }[]>`
    select container_id as id, regr_slope(writable_bytes, extract(epoch from at)) * 86400 as slope from container_samples
    where host = ${hostName} and at > now() - make_interval(days => ${growthDays}) ${within}
    group by container_id having max(at) - min(at) >= interval '1 hour'`;
  return new Map(rows.flatMap(({ id, slope }) => (slope === null ? [] : [[id, slope] as const])));
}

function toContainer(
  row: ContainerRow,
  growthBytesPerDay: number | null,
  mounts: ContainerFacts['mounts'],
): ContainerFacts {
  const { id, name, image, state, user, usernsMode, restartPolicy, createdAt, project, environment } = row;
  const { memoryLimitBytes: limit, writableBytes } = row;
  return {
    id,
    name,
    image,
    state,
    user,
    usernsMode,
    memoryLimitBytes: limit === null ? null : Number(limit),
    restartPolicy,
    createdAt,
    project,
    environment,
    labels: readStrings(row.labels) ?? {},
    writable: writableBytes === null ? null : { bytes: Number(writableBytes), growthBytesPerDay },
    mounts,
  };
}

function toVolume(
  row: VolumeRow,
  users: readonly VolumeUser[],
  isShared: boolean,
): Omit<VolumeFacts, 'problems' | 'damagedSnapshots' | 'lastDrill' | 'protection'> {
  const { name, driver, project, environment, createdAt, firstSeenAt, lastUsedAt } = row;
  return {
    name,
    kind: row.kind === 'anonymous' ? 'anonymous' : 'named',
    driver,
    options: readStrings(row.options) ?? {},
    labels: readStrings(row.labels) ?? {},
    project,
    environment,
    isShared,
    createdAt: createdAt ?? firstSeenAt,
    lastUsedAt,
    users,
  };
}
