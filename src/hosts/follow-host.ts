import type { Ports } from '../context.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent } from '../engine/engine-objects.ts';
import { isFailure } from '../errors.ts';
import { pause } from '../pause.ts';
import { type Inventory, inventoryOf } from './inventory.ts';
import { noteConnected } from './store.ts';
import { forgetVolumeEvents } from './volume-events.ts';

/** What the watcher works with. */
export type WatcherPorts = Pick<Ports, 'config' | 'db' | 'engines' | 'locks' | 'notices' | 'telemetry' | 'log'>;

/** How far back events are asked for at first: they fill the time until the stream is open, and make up for clocks that differ a little. */
const overlapMs = 10_000;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Other work on a host that is done while it is watched, by the one replica that watches it: goes on until the signal
 * aborts. What it throws ends it alone, until the host is followed anew.
 */
export type Companion = (ports: WatcherPorts, host: string, signal: AbortSignal) => Promise<void>;

/**
 * Keeps the inventory of a host while its engine answers: a full list at first and every `inventorySeconds`, and a look
 * at what each event names. Ends when the signal aborts or the stream of events breaks, which alone does not mean that
 * the engine is away; throws when the engine or the database is.
 */
export async function followHost(
  ports: WatcherPorts,
  host: string,
  signal: AbortSignal,
  companions: readonly Companion[],
): Promise<void> {
  const engine = ports.engines.get(host);
  const inventory = inventoryOf(ports, host);
  await connect(ports, engine);

  const broken = new AbortController();
  const either = AbortSignal.any([signal, broken.signal]);
  const tasks = [followEvents(ports, engine, inventory, either), listAgainAndAgain(ports, host, inventory, either)];
  const beside = companions.map((companion) => accompany(ports, host, companion, either));
  try {
    await Promise.race(tasks);
  } finally {
    broken.abort();
    await Promise.allSettled([...tasks, ...beside]);
  }
}

async function accompany(ports: WatcherPorts, host: string, companion: Companion, signal: AbortSignal): Promise<void> {
  try {
    await companion(ports, host, signal);
  } catch (error) {
    if (!signal.aborted)
      ports.log.error({ err: error, host, task: companion.name }, 'a task beside the watching ended');
  }
}

async function connect({ db, notices, telemetry, log }: WatcherPorts, engine: Engine): Promise<void> {
  const info = await engine.info();
  await noteConnected(db, engine.host, info);
  telemetry.hostUp.set({ host: engine.host }, 1);
  log.info({ host: engine.host, version: info.version }, 'the Docker engine answers');
  await notices.publish({ topic: 'inventory', id: engine.host });
}

/** Looks are not waited for one by one: those that come in a burst are then made together. A look that fails is thrown. */
async function followEvents(
  { log, notices }: WatcherPorts,
  engine: Engine,
  inventory: Inventory,
  signal: AbortSignal,
): Promise<void> {
  const failed = Promise.withResolvers<never>();
  const follow = async () => {
    for await (const event of engine.events(new Date(Date.now() - overlapMs), signal)) {
      // Images are looked at by who keeps them.
      const look =
        event.type === 'image' ? notices.publish({ topic: 'images', id: engine.host }) : lookAt(inventory, event);
      look?.catch(failed.reject);
    }
  };
  const endOfStream = follow().catch((error: unknown) => {
    if (!isFailure(error, 'host_unavailable')) throw error;
    log.warn({ host: engine.host, detail: error.message }, 'the stream of events of a host broke');
  });
  await Promise.race([endOfStream, failed.promise]);
}

/** A volume that is mounted is told by the start of its container as well. */
function lookAt(inventory: Inventory, { type, action, id, at }: EngineEvent): Promise<void> | null {
  if (action === 'mount' || action === 'unmount') return null;
  // What volumes there are depends on the drivers that the engine has.
  if (type === 'plugin') return inventory.refreshAll();
  if (type !== 'volume') return inventory.refresh([], [id]);
  return action === 'create' ? inventory.refresh([id], [], at) : inventory.refresh([id], []);
}

async function listAgainAndAgain(
  { config, db, telemetry }: WatcherPorts,
  host: string,
  inventory: Inventory,
  signal: AbortSignal,
): Promise<void> {
  let forgotAt = 0;
  while (!signal.aborted) {
    try {
      const stopTimer = telemetry.inventorySyncDurations.startTimer({ host });
      await inventory.refreshAll();
      stopTimer();
      if (Date.now() - forgotAt > hourMs) {
        await forgetVolumeEvents(db, host, new Date(Date.now() - config.historyDays * dayMs));
        forgotAt = Date.now();
      }
      telemetry.inventorySyncs.inc({ host, outcome: 'ok' });
    } catch (error) {
      telemetry.inventorySyncs.inc({ host, outcome: 'failed' });
      throw error;
    }
    await pause(config.inventorySeconds * 1000, signal);
  }
}
