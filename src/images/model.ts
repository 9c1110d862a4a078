import { Bytes, Count, DateTime, HostName, nullable, object, page, type Static, T, words } from '../schema.ts';

/** Id or name of an image, as an address. */
export const ImageAddress = T.String({
  minLength: 1,
  maxLength: 512,
  description: 'Id of the image, or one of its names with tag; without a tag `latest` is meant.',
});

const instruction = nullable(
  T.String({ description: 'Instruction of the Dockerfile, such as `RUN`; null where the history does not tell.' }),
);
const createdBy = nullable(T.String({ description: 'The step, without what builders wrap around it.' }));

export const ImageLayer = object(
  {
    number: T.Integer({ minimum: 1, maximum: 1000, description: 'Counts from the lowest layer.' }),
    digest: T.String({ description: 'Digest of its content (diff id).' }),
    chainId: T.String({
      description: 'Names the layer together with all below it; where it is equal the host stores it once.',
    }),
    bytes: nullable(Bytes),
    instruction,
    createdBy,
    createdAt: nullable(DateTime),
    shared: Count,
  },
  {
    $id: 'ImageLayer',
    description:
      'A layer of an image. `shared` counts the other images of the host that have it. Bytes and instruction are null where the history of the image leaves open which step made it.',
  },
);
export type ImageLayer = Static<typeof ImageLayer>;

export const ImageStep = object(
  {
    instruction,
    createdBy,
    createdAt: nullable(DateTime),
    madeLayer: nullable(T.Boolean({ description: 'False: it made no layer. Null: the history does not tell.' })),
  },
  { $id: 'ImageStep', description: 'A step of the build of an image that stands for none of its layers.' },
);

const identity = {
  host: HostName,
  id: T.String({ description: 'Id that Docker gave it.' }),
  tags: T.Array(T.String(), { description: 'Names with tag; none for a dangling image.' }),
  bytes: Bytes,
  createdAt: nullable(DateTime),
};

export const Image = object(
  { ...identity, containers: Count },
  {
    $id: 'Image',
    description:
      'An image of a host. `containers` counts those that were made from it, in every state, as far as the caller may see them.',
  },
);
export type Image = Static<typeof Image>;
export const ImagePage = page(Image, 'Image');

const layering = {
  layers: T.Array(ImageLayer, { description: 'The lowest first.' }),
  sharedBytes: nullable(Bytes),
  uniqueBytes: nullable(Bytes),
};

const ImageUser = object(
  { id: T.String(), name: T.String() },
  { $id: 'ImageUser', description: 'A container that was made from the image.' },
);

export const ImageDetails = object(
  {
    ...identity,
    ...layering,
    otherSteps: T.Array(ImageStep, { description: 'The first step first.' }),
    usedBy: T.Array(ImageUser, { description: 'At most 1,000 containers that the caller may see.' }),
  },
  {
    $id: 'ImageDetails',
    description:
      'An image with its layers, and the containers that were made from it. Shared bytes are those of layers that other images of the host have too, unique bytes those of all others; null where the size of a layer is open.',
  },
);
export type ImageDetails = Static<typeof ImageDetails>;

const ContainerImage = object(
  { id: identity.id, tags: identity.tags, bytes: Bytes },
  { $id: 'ContainerImage', description: 'The image that a container was made from.' },
);

const WritableLayer = object(
  { bytes: Bytes, measuredAt: DateTime },
  { $id: 'WritableLayer', description: 'What a container has written over its image, when it was last measured.' },
);

export const ContainerLayers = object(
  {
    image: nullable(ContainerImage),
    ...layering,
    otherSteps: T.Array(ImageStep, { description: 'The first step first.' }),
    writableLayer: nullable(WritableLayer),
  },
  {
    $id: 'ContainerLayers',
    description:
      'What the file system of a container is made of. Shared bytes are those of layers that other images of the host have too, unique bytes those of all others; null where the size of a layer is open. The image is null, and there are no layers, when the host has removed it or nobody has looked at it yet; the writable layer is null until it was measured.',
  },
);
export type ContainerLayers = Static<typeof ContainerLayers>;

export const ChangeKind = words(
  'ChangeKind',
  ['added', 'changed', 'deleted'],
  'What a container did to something in its file system.',
);
export type ChangeKind = Static<typeof ChangeKind>;

export const ChangeOrder = words('ChangeOrder', ['bytes', 'folder'], 'Largest first, or by folder.');
export type ChangeOrder = Static<typeof ChangeOrder>;

export const ChangeGroup = object(
  {
    folder: T.String({
      description:
        'Folder of what changed, at most three levels deep; `…` gathers the smallest when there are too many folders.',
    }),
    kind: ChangeKind,
    entries: Count,
    bytes: nullable(Bytes),
    hint: nullable(T.String({ description: 'What to do when the folder holds data that belongs into a volume.' })),
  },
  {
    $id: 'ChangeGroup',
    description:
      'What a container added, changed or deleted below a folder. Bytes are null where it could not be sized.',
  },
);
export type ChangeGroup = Static<typeof ChangeGroup>;

const ChangeTotal = object(
  { kind: ChangeKind, entries: Count, bytes: nullable(Bytes) },
  { $id: 'ChangeTotal', description: 'All that a container added, changed or deleted.' },
);
export type ChangeTotal = Static<typeof ChangeTotal>;

export const ContainerChanges = object(
  {
    scannedAt: DateTime,
    totals: T.Array(ChangeTotal),
    items: T.Array(ChangeGroup),
    nextCursor: nullable(T.String({ description: 'Cursor of the next page; null on the last.' })),
  },
  {
    $id: 'ContainerChanges',
    description: "What a container had done to its image's files at its last scan. Its mounts are not among it.",
  },
);
export type ContainerChanges = Static<typeof ContainerChanges>;
