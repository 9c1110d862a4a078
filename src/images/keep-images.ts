import type { Ports } from '../context.ts';
import type { Engine } from '../engine/engine.ts';
import { pause } from '../pause.ts';
import { addImages, followList, knownImages, missingImages } from './image-writes.ts';

/** What the keeping of images works with. */
type KeeperPorts = Pick<Ports, 'config' | 'db' | 'engines' | 'notices' | 'log'>;

/** Images that are looked at together; each costs the engine two questions. */
const batch = 8;
/** Shortest time between two looks: a build makes many events in a row. */
const restMs = 1_000;
const retryMs = 5_000;

/** What has been heard of since the last look. */
interface Heard {
  images: boolean;
  inventory: boolean;
}

/**
 * Keeps the table of images equal to a host: looks at all of them at first, every `inventorySeconds` and when an image
 * changes, and at the image of a container that is new. Layers never change, so only images that are not known are asked for
 * theirs. Ends when the signal aborts.
 */
export async function keepImages(ports: KeeperPorts, host: string, signal: AbortSignal): Promise<void> {
  const engine = ports.engines.get(host);
  const heard: Heard = { images: true, inventory: true };
  const hearing = [hear(ports, host, 'images', heard, signal), hear(ports, host, 'inventory', heard, signal)];
  let listAt = 0;
  while (!signal.aborted) {
    if (Date.now() >= listAt) heard.images = true;
    const { images, inventory } = heard;
    heard.images = false;
    heard.inventory = false;
    try {
      if (images) {
        await lookAtAll(ports, engine, signal);
        listAt = Date.now() + ports.config.inventorySeconds * 1000;
      } else if (inventory) await learn(ports, engine, await missingImages(ports.db, host), signal);
      await pause(restMs, signal);
    } catch (error) {
      if (!signal.aborted) ports.log.warn({ err: error, host }, 'the images of a host could not be looked at');
      heard.images = true;
      await pause(retryMs, signal);
    }
  }
  await Promise.all(hearing);
}

async function hear(
  { notices }: KeeperPorts,
  host: string,
  topic: keyof Heard,
  heard: Heard,
  signal: AbortSignal,
): Promise<void> {
  for await (const _ of notices.subscribe(topic, host, signal)) heard[topic] = true;
}

async function lookAtAll(ports: KeeperPorts, engine: Engine, signal: AbortSignal): Promise<void> {
  const { db } = ports;
  const known = await knownImages(db, engine.host);
  const listed = await engine.listImages();
  const added = listed.map(({ id }) => id).filter((id) => !known.has(id));
  const ofContainers = await missingImages(db, engine.host);
  await learn(ports, engine, [...new Set([...added, ...ofContainers])], signal);
  // What was learned just now is newer than the list.
  await followList(db, engine.host, listed, [...known]);
}

/** An image that is gone by now is left out. */
async function learn({ db }: KeeperPorts, engine: Engine, ids: readonly string[], signal: AbortSignal): Promise<void> {
  for (let start = 0; start < ids.length && !signal.aborted; start += batch) {
    const found = await Promise.all(ids.slice(start, start + batch).map((id) => engine.findImage(id)));
    await addImages(
      db,
      engine.host,
      found.filter((image) => image !== null),
    );
  }
}
