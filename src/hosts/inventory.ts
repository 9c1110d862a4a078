import type { Ports } from '../context.ts';
import type { Database } from '../database/client.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineVolume } from '../engine/engine-objects.ts';
import { isFailure } from '../errors.ts';
import type { Announcements, Look } from './inventory-rows.ts';
import { writeInventory } from './inventory-writes.ts';
import { noteSynced, noteVolumeDrivers } from './store.ts';

/** What an inventory works with. */
export type InventoryPorts = Pick<Ports, 'db' | 'engines' | 'locks' | 'notices'>;

/** Above this many things to look at, one list of everything is faster. */
const mostSingleLooks = 20;

/** Of Prisma with a transaction, in milliseconds: for its connection, and for its end. */
const patience = { maxWait: 10_000, timeout: 60_000 };

/** Keeps the tables of one host equal to its engine. */
export interface Inventory {
  /**
   * Looks at these again. When it resolves the tables hold what was so at some time after the call. With `announcedAt` the
   * engine told of the making of the volumes then.
   */
  refresh(volumes: readonly string[], containers: readonly string[], announcedAt?: Date): Promise<void>;
  /** Lists everything again. */
  refreshAll(): Promise<void>;
}

interface Batch {
  readonly volumes: Set<string>;
  readonly containers: Set<string>;
  readonly announced: Map<string, Date>;
  everything: boolean;
  readonly done: PromiseWithResolvers<void>;
}

const inventories = new WeakMap<Engine, Inventory>();

/** The inventory of a host in this process: one, so that simultaneous wishes share a look. Throws `host_not_found`. */
export function inventoryOf(ports: InventoryPorts, host: string): Inventory {
  const engine = ports.engines.get(host);
  const known = inventories.get(engine);
  if (known !== undefined) return known;
  const inventory = createInventory(ports, engine);
  inventories.set(engine, inventory);
  return inventory;
}

function createInventory(ports: InventoryPorts, engine: Engine): Inventory {
  let waiting: Batch | null = null;
  let running = false;

  function join(add: (batch: Batch) => void): Promise<void> {
    waiting ??= {
      volumes: new Set(),
      containers: new Set(),
      announced: new Map(),
      everything: false,
      done: Promise.withResolvers(),
    };
    add(waiting);
    const { promise } = waiting.done;
    if (!running) void work();
    return promise;
  }

  async function work(): Promise<void> {
    running = true;
    while (waiting !== null) {
      const batch: Batch = waiting;
      waiting = null;
      await lookAndWrite(ports, engine, batch).then(batch.done.resolve, batch.done.reject);
    }
    running = false;
  }

  return {
    refresh: (volumes, containers, announcedAt) =>
      join((batch) => {
        for (const name of volumes) batch.volumes.add(name);
        if (announcedAt !== undefined) for (const name of volumes) batch.announced.set(name, announcedAt);
        for (const id of containers) batch.containers.add(id);
      }),
    refreshAll: () =>
      join((batch) => {
        batch.everything = true;
      }),
  };
}

/**
 * Nobody else looks or writes between the look and its writing, in any replica: so what is written later was seen later,
 * and an old look can neither bring back what was deleted nor delete what was made meanwhile.
 */
async function lookAndWrite(ports: InventoryPorts, engine: Engine, batch: Batch): Promise<void> {
  const everything = batch.everything || batch.volumes.size + batch.containers.size > mostSingleLooks;
  const hasChanged = await ports.locks.hold(`inventory/${engine.host}`, async () => {
    const startedAt = new Date();
    const { announced } = batch;
    if (everything) return await write(ports.db, engine.host, await lookAtAll(engine), announced, startedAt);
    return await write(
      ports.db,
      engine.host,
      await lookAtSome(engine, [...batch.volumes], [...batch.containers]),
      announced,
      null,
    );
  });
  if (hasChanged) await ports.notices.publish({ topic: 'inventory', id: engine.host });
}

async function write(
  db: Database,
  host: string,
  look: Look,
  announced: Announcements,
  syncedAt: Date | null,
): Promise<boolean> {
  return await db.$transaction(async (transaction) => {
    // Whether the host was listed before tells what is new on it.
    const hasChanged = await writeInventory(transaction, host, look, announced);
    const hasOtherDrivers = look.drivers !== null && (await noteVolumeDrivers(transaction, host, look.drivers));
    if (syncedAt !== null) await noteSynced(transaction, host, syncedAt);
    return hasChanged || hasOtherDrivers;
  }, patience);
}

async function lookAtAll(engine: Engine): Promise<Look> {
  // Containers first: each volume that one of them has is then in the list of volumes too.
  const containers = await engine.listContainers();
  const volumes = await engine.listVolumes();
  const drivers = await engine.volumeDrivers();
  return { volumes: { asked: null, found: volumes }, containers: { asked: null, found: containers }, drivers };
}

async function lookAtSome(engine: Engine, names: readonly string[], ids: readonly string[]): Promise<Look> {
  const containers = await Promise.all(ids.map((id) => engine.findContainer(id)));
  const volumes = await Promise.all(names.map(async (name) => ({ name, found: await findKnown(engine, name) })));
  const answered = volumes.filter(({ found }) => found !== 'unknown');
  return {
    volumes: {
      asked: answered.map(({ name }) => name),
      found: answered.flatMap(({ found }) => (found === null || found === 'unknown' ? [] : [found])),
    },
    containers: { asked: ids, found: containers.filter((container) => container !== null) },
    drivers: null,
  };
}

/** `unknown` while its driver is away: it is not gone for that. */
async function findKnown(engine: Engine, name: string): Promise<EngineVolume | null | 'unknown'> {
  try {
    return await engine.findVolume(name);
  } catch (error) {
    if (isFailure(error, 'volume_driver_missing')) return 'unknown';
    throw error;
  }
}
