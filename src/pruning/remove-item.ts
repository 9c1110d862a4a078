import { createHash } from 'node:crypto';
import { removeVolume } from '../backups/remove-volume.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { refreshVolume } from '../volumes/read.ts';
import type { PruneInput } from './job-input.ts';
import { keyOf, type PlannedItem } from './judgement.ts';

/**
 * Removes one object, never by force: where it is used by now the engine refuses. Gives the bytes that became free, as
 * far as they are known. Throws what the engine and a last snapshot throw.
 */
export async function removeItem(
  engine: Engine,
  job: RunningJob,
  input: PruneInput,
  item: PlannedItem,
): Promise<number> {
  const { kind, id, bytes } = item;
  if (kind === 'build_cache') return await engine.pruneBuildCache([id]);
  if (kind === 'container') await engine.removeContainer(id);
  if (kind === 'network') await engine.removeNetwork(id);
  if (kind === 'image') await removeImage(engine, id);
  if (kind === 'volume') await removeVolumeOfPlan(engine, job, input, item);
  return bytes ?? 0;
}

/** By each of its names, as its user would: without force the engine does not remove an image of several names by its id. */
async function removeImage(engine: Engine, id: string): Promise<void> {
  const image = await engine.findImage(id);
  if (image === null) return;
  const [last, ...others] = image.tags.toReversed();
  for (const tag of others) await engine.removeImage(tag);
  await engine.removeImage(last ?? id);
}

/** Whether an object outlived its removal, as an image that others are built on does, and a record that younger ones need. */
export async function isStillThere(engine: Engine, { kind, id }: PlannedItem): Promise<boolean> {
  if (kind === 'image') return (await engine.imageId(id)) !== null;
  if (kind === 'build_cache') return (await engine.listBuildCache())?.some((record) => record.id === id) ?? false;
  return false;
}

async function removeVolumeOfPlan(
  engine: Engine,
  job: RunningJob,
  input: PruneInput,
  item: PlannedItem,
): Promise<void> {
  const { id: volume } = item;
  const isKept = input.volumes.some(({ name, snapshot }) => name === volume && snapshot);
  const mark = createHash('sha256')
    .update(`${job.id}/${keyOf(item)}`)
    .digest('hex');
  // What is kept of it comes from the inventory.
  if (isKept) await refreshVolume(job.ports, job.host, volume);
  await removeVolume(engine, job, {
    volume,
    repositoryId: isKept ? input.repositoryId : null,
    deletedId: toUuid(mark),
    step: `before_delete-${mark.slice(0, 12)}`,
  });
  await refreshVolume(job.ports, job.host, volume);
}

/** Of the form of RFC 9562's version 8: for what is made of a digest. */
function toUuid(digest: string): string {
  const parts = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`];
  return [...parts, digest.slice(20, 32)].join('-');
}
