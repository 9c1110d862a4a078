import { ContainerAddress } from '../containers/model.ts';
import { containerTarget, findContainer } from '../containers/read.ts';
import { type Failure, fail } from '../errors.ts';
import { requireHost } from '../hosts/read.ts';
import { query } from '../operation.ts';
import { HostName, object, paging, T } from '../schema.ts';
import { ContainerLayers, Image, ImageAddress, ImageDetails, ImagePage } from './model.ts';
import * as store from './store.ts';

export const listImages = query('images.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List the images of a host',
  description:
    'By id. An image belongs to no project: who does not reach everything sees the images that containers of the own projects were made from.',
  input: object({ host: HostName, ...paging }),
  output: ImagePage,
  async run({ ports, scope }, { host, limit = 50, cursor }) {
    await requireHost(ports.db, host);
    return await store.listImages(ports.db, scope, host, limit, cursor);
  },
});

function imageNotFound(host: string, image: string): Failure {
  return fail('image_not_found', `There is no image "${image}" on host "${host}".`);
}

export const getImage = query('images.get', {
  permission: 'read',
  reach: 'anything',
  summary: 'Read an image with its layers',
  description: 'By id, or by a name with tag; `/` and `:` of a name are percent-encoded in the address.',
  input: object({ host: HostName, image: ImageAddress }),
  output: ImageDetails,
  async run({ ports, scope }, { host, image }) {
    await requireHost(ports.db, host);
    const found = await store.findImage(ports.db, scope, host, image);
    if (found === null) throw imageNotFound(host, image);
    return found;
  },
});

export const getContainerLayers = query('images.layersOfContainer', {
  permission: 'read',
  reach: containerTarget,
  summary: 'Read the layers of a container',
  description:
    "Those of its image, and the writable layer over them. Who may see the container may see its image's layers.",
  input: object({ host: HostName, container: ContainerAddress }),
  output: ContainerLayers,
  async run({ ports }, { host, container }) {
    const found = await findContainer(ports.db, host, container);
    if (found === null) throw containerTarget.absent({ host, container });
    const image = await store.layeredImage(ports.db, host, found.imageId);
    return {
      image: image === null ? null : { id: image.id, tags: image.tags, bytes: image.bytes },
      layers: image?.layers ?? [],
      sharedBytes: image?.sharedBytes ?? null,
      uniqueBytes: image?.uniqueBytes ?? null,
      otherSteps: image?.otherSteps ?? [],
      writableLayer: await store.writableLayer(ports.db, host, found.id),
    };
  },
});

export const imagesByAddress = query('images.byAddress', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'The image that it was made from; null when the host has removed it.',
  input: object({ addresses: T.Array(T.String(), { maxItems: 1000, description: '`host/id`' }) }),
  output: T.Array(Image),
  run: ({ ports, scope }, { addresses }) => store.imagesByAddress(ports.db, scope, addresses),
});
