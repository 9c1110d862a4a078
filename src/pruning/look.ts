import type { Ports } from '../context.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineBuildCache, EngineContainer, EngineVolume } from '../engine/engine-objects.ts';
import { fail } from '../errors.ts';
import { attributesOf } from '../hosts/read.ts';
import { containersToRestart, jobsOnVolumes } from '../jobs/read.ts';
import { repositoryVolumes } from '../repositories/read.ts';
import { sharedVolumeNames } from '../shares/read.ts';
import { knownVolumes, usersElsewhere, volumeUsers } from '../volumes/read.ts';
import { planBuildCache } from './build-cache.ts';
import { planContainers } from './containers.ts';
import { planImages } from './images.ts';
import type { PlannedItem } from './judgement.ts';
import type { PruneItem } from './model.ts';
import { planNetworks } from './networks.ts';
import { imageLayers, writableBytes } from './store.ts';
import { planVolumes, type VolumeFacts } from './volumes.ts';
import { type ContainerWish, type ImageWish, onlyKind, type VolumeWish, type Wish } from './wish.ts';

/** What plans are made with. */
export type LookPorts = Pick<Ports, 'db' | 'engines' | 'config' | 'vault'>;

/** A look at a host: its engine, and the containers, which several kinds are judged by. */
interface Look {
  readonly ports: LookPorts;
  readonly engine: Engine;
  readonly containers: () => Promise<EngineContainer[]>;
  readonly project: string | null;
}

/**
 * Judges everything on a host that a wish is about, as the engine says now. What goes comes first, in the order of its
 * removal: containers before what they might hold. Throws `host_unavailable`, and `invalid_input` for what the engine is
 * too old for.
 */
export async function lookAt(ports: LookPorts, host: string, wish: Wish): Promise<PlannedItem[]> {
  const look = openLook(ports, host, wish);
  const items: PlannedItem[] = [];
  if (wish.container !== null) items.push(...(await lookAtContainers(look, wish.container)));
  if (wish.network !== null)
    items.push(...planNetworks({ networks: await look.engine.listNetworks(), ...protections(look) }, wish.network));
  if (wish.image !== null) items.push(...(await lookAtImages(look, wish.image)));
  if (wish.volume !== null) items.push(...(await lookAtVolumes(look, await look.engine.listVolumes(), wish.volume)));
  if (wish.build_cache !== null) items.push(...planBuildCache(await buildCacheOf(look.engine), wish.build_cache));
  const own = items.filter((item) => isWithin(wish, item));
  return [...own.filter(({ action }) => action === 'remove'), ...own.filter(({ action }) => action === 'keep')];
}

/** Judges one object again; null when it is gone, or is nothing that the wish is about any more. */
export async function lookAgain(
  ports: LookPorts,
  host: string,
  wish: Wish,
  { kind, id }: Pick<PruneItem, 'kind' | 'id'>,
): Promise<PlannedItem | null> {
  if (kind !== 'volume' || wish.volume === null) {
    const items = await lookAt(ports, host, onlyKind(wish, kind));
    return items.find((item) => item.id === id) ?? null;
  }
  const look = openLook(ports, host, wish);
  const volume = await look.engine.findVolume(id);
  const [item] = volume === null ? [] : await lookAtVolumes(look, [volume], wish.volume);
  return item !== undefined && isWithin(wish, item) ? item : null;
}

function openLook(ports: LookPorts, host: string, { project }: Wish): Look {
  const engine = ports.engines.get(host);
  let listed: Promise<EngineContainer[]> | undefined;
  return { ports, engine, project, containers: () => (listed ??= engine.listContainers()) };
}

function isWithin(wish: Wish, { project }: PlannedItem): boolean {
  return wish.project === null || project === wish.project;
}

function protections({ ports }: Look) {
  return { protectedLabels: ports.config.protectedLabels };
}

async function lookAtContainers(look: Look, wish: ContainerWish): Promise<PlannedItem[]> {
  const { db } = look.ports;
  const { host } = look.engine;
  const facts = {
    containers: await look.containers(),
    restarts: await containersToRestart(db, host),
    writableBytes: await writableBytes(db, host),
    ...protections(look),
  };
  return planContainers(facts, wish);
}

async function lookAtImages(look: Look, wish: ImageWish): Promise<PlannedItem[]> {
  const { engine, ports } = look;
  const { reference } = ports.config.helper;
  const helperImage = reference === undefined ? null : await engine.imageId(reference);
  const facts = {
    images: await engine.listImages(),
    containers: await look.containers(),
    helperImages: new Set(helperImage === null ? [] : [helperImage]),
    layers: await imageLayers(ports.db, engine.host),
    ...protections(look),
  };
  return planImages(facts, wish);
}

async function lookAtVolumes(look: Look, volumes: readonly EngineVolume[], wish: VolumeWish): Promise<PlannedItem[]> {
  const { ports, engine, project } = look;
  const { host } = engine;
  const names = volumes.map(({ name }) => name);
  const view = { installation: ports.vault.installation, project };
  const known = await knownVolumes(ports.db, host, names);
  const jobs = await jobsOnVolumes(ports.db, host, names);
  const shares = await sharedVolumeNames(ports.db, host, names);
  const repositories = await repositoryVolumes(ports.db, host);
  const elsewhere = await usersElsewhere(ports, host, volumes, view);
  // Last of all, so that what it says is the newest.
  const usersOf = volumeUsers(await look.containers(), view);
  const factsOf = (volume: EngineVolume): VolumeFacts => {
    const { name, labels } = volume;
    const row = known.get(name);
    return {
      project: row === undefined ? attributesOf(labels).project : row.project,
      users: usersOf(volume),
      usersElsewhere: elsewhere.get(name) ?? [],
      repository: repositories.get(name) ?? null,
      share: shares.get(name) ?? null,
      jobs: jobs.get(name) ?? [],
      bytes: row?.bytes ?? null,
      lastUsedAt: row?.lastUsedAt ?? null,
      firstSeenAt: row?.firstSeenAt ?? null,
    };
  };
  return planVolumes(volumes, factsOf, wish, ports.config.protectedLabels);
}

async function buildCacheOf(engine: Engine): Promise<EngineBuildCache[]> {
  const records = await engine.listBuildCache();
  if (records !== null) return records;
  throw fail('invalid_input', {
    detail: `/buildCache: the Docker engine of host "${engine.host}" is too old to tell what is in its build cache; its API must be 1.42 or newer.`,
    errors: [{ path: '/buildCache', rule: 'engine', message: 'needs a newer engine' }],
  });
}
