import type { EngineContainer, EngineImage } from '../engine/engine-objects.ts';
import { attributesOf } from '../hosts/read.ts';
import { type Judgement, judged, type PlannedItem, premiseOf, protectedBy, tooYoung } from './judgement.ts';
import { fits, type ImageWish } from './wish.ts';

/** A layer of an image: what has the same chain id is stored once. Bytes are null where they are not known. */
export interface SizedLayer {
  readonly chainId: string;
  readonly bytes: number | null;
}

/** What images are judged by, besides themselves. */
export interface ImageFacts {
  readonly images: readonly EngineImage[];
  readonly containers: readonly Pick<EngineContainer, 'name' | 'state' | 'image' | 'imageId'>[];
  /** Ids of images that helpers are made from. */
  readonly helperImages: ReadonlySet<string>;
  readonly protectedLabels: readonly string[];
  /** Layers of the images that were looked into, by id of the image. */
  readonly layers: ReadonlyMap<string, readonly SizedLayer[]>;
}

/** Whether an image goes: one that no container, running or not, was made from. */
export function judgeImage(
  { id, tags, labels, createdAt }: EngineImage,
  { containers, helperImages, protectedLabels }: Omit<ImageFacts, 'images' | 'layers'>,
  { dangling, before }: ImageWish,
): Judgement {
  const users = containers.filter(({ imageId, image }) => imageId === id || tags.includes(image));
  const isHelperImage =
    helperImages.has(id) ||
    labels['stowage.role'] === 'helper' ||
    tags.some((tag) => tag.startsWith('stowage-helper:'));
  return judged(
    [
      users.length > 0
        ? `Containers are made from it: ${users.map(({ name, state }) => `${name} (${state})`).join(', ')}.`
        : null,
      isHelperImage ? 'Helpers of Stowage are made from it.' : null,
      dangling && tags.length > 0 ? 'It has a name; `dangling`: false takes it too.' : null,
      protectedBy(labels, protectedLabels),
      tooYoung(createdAt, before),
    ],
    [tags.length === 0 ? 'It has no name, and no container is made from it.' : 'No container is made from it.'],
  );
}

/** The images that a wish is about, judged. */
export function planImages(facts: ImageFacts, wish: ImageWish): PlannedItem[] {
  const wanted = facts.images.filter(({ labels }) => fits(labels, wish.labels));
  const judgements = wanted.map((image) => judgeImage(image, facts, wish));
  const leaving = wanted.filter((_, index) => judgements[index]?.action === 'remove').map(({ id }) => id);
  const freed = freedBytes(facts, leaving);
  return wanted.map((image, index) => {
    const { id, tags, labels } = image;
    return {
      kind: 'image',
      id,
      name: tags[0] ?? id.replace(/^sha256:/, '').slice(0, 12),
      bytes: freed.get(id) ?? null,
      ...(judgements[index] ?? judgeImage(image, facts, wish)),
      project: attributesOf(labels).project,
      snapshotFirst: false,
      premise: premiseOf([...tags].sort(), labels),
    };
  });
}

/**
 * What the removal of all images in `leaving` frees, by image: a layer that stays with another image frees nothing, and
 * one that several of them share counts with the first. Nothing is told of an image whose layers or their sizes are not all
 * known, and of no image while any image of the host may hide a shared layer.
 */
export function freedBytes(
  { images, layers }: Pick<ImageFacts, 'images' | 'layers'>,
  leaving: readonly string[],
): Map<string, number> {
  if (images.some(({ id }) => !layers.has(id))) return new Map();
  const staying = images.filter(({ id }) => !leaving.includes(id));
  const taken = new Set(staying.flatMap(({ id }) => (layers.get(id) ?? []).map(({ chainId }) => chainId)));
  const freed = new Map<string, number>();
  for (const id of leaving) {
    const own = (layers.get(id) ?? []).filter(({ chainId }) => !taken.has(chainId));
    for (const { chainId } of own) taken.add(chainId);
    const sizes = own.map(({ bytes }) => bytes).filter((bytes) => bytes !== null);
    if (sizes.length === own.length)
      freed.set(
        id,
        sizes.reduce((total, bytes) => total + bytes, 0),
      );
  }
  return freed;
}
