import type { ContainerDefinition } from '../engine/definition-objects.ts';
import type { Engine } from '../engine/engine.ts';
import { hasImage } from '../images/read.ts';
import type { Snapshot } from '../snapshots/model.ts';
import { incomplete } from './incomplete.ts';

/** Snapshots of the images that are not on the host. Throws `configuration_incomplete` and `image_name_taken`. */
export async function imagesToLoad(
  engine: Engine,
  chosen: readonly ContainerDefinition[],
  snapshotsOfImages: (ids: readonly string[]) => Promise<readonly Snapshot[]>,
): Promise<Snapshot[]> {
  const wanted = new Map(chosen.map(({ image }) => [image.id, image.reference]));
  const absent: string[] = [];
  for (const id of wanted.keys()) if ((await engine.imageId(id)) === null) absent.push(id);
  const kept = absent.length === 0 ? [] : await snapshotsOfImages(absent);
  const found = absent.flatMap((id) => kept.find(({ image }) => image?.id === id) ?? []);
  const missing = absent.filter((id) => !found.some(({ image }) => image?.id === id));
  if (missing.length > 0)
    throw incomplete(missing.map((id) => `image ${wanted.get(id)} (${id}), of which the repository has no snapshot`));
  for (const { image } of found) if (image !== null) await hasImage(engine, image);
  return found;
}
