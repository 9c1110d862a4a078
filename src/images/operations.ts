import { ContainerAddress } from '../containers/model.ts';
import { containerTarget, findContainer } from '../containers/read.ts';
import { type Failure, fail } from '../errors.ts';
import { requireHost } from '../hosts/read.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command, query } from '../operation.ts';
import { HostName, object, paging, T } from '../schema.ts';
import { listChanges } from './change-store.ts';
import {
  ChangeKind,
  ChangeOrder,
  ContainerChanges,
  ContainerLayers,
  Image,
  ImageAddress,
  ImageDetails,
  ImagePage,
} from './model.ts';
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

/** The failure for an image that is absent, or that the caller may not see. */
export function imageNotFound(host: string, image: string): Failure {
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

export const scanContainer = command('changes.scan', {
  permission: 'operate',
  reach: containerTarget,
  summary: "Find out what a container has changed in its image's files",
  description:
    "The engine compares all files, and a helper at low priority sizes the writable layer: on a host that is busy, at a time when that does not matter. What is found takes the place of the last scan's.",
  input: object({ host: HostName, container: ContainerAddress }),
  output: Job,
  recall: recallJob,
  async run(context, { host, container }) {
    const found = await findContainer(context.ports.db, host, container);
    if (found === null) throw containerTarget.absent({ host, container });
    return await enqueueJob(context, {
      kind: 'container_scan',
      host,
      volume: null,
      project: found.project,
      input: { container: found.id, name: found.name },
    });
  },
});

export const listContainerChanges = query('changes.list', {
  permission: 'read',
  reach: containerTarget,
  summary: "List what a container has changed in its image's files, by folder",
  description:
    'As the last scan found it. Folders three levels below the root stand for all below them; each is told with a hint when what it holds belongs into a volume.',
  input: object({
    host: HostName,
    container: ContainerAddress,
    kind: T.Optional(ChangeKind),
    order: T.Optional(ChangeOrder),
    ...paging,
  }),
  output: ContainerChanges,
  async run({ ports }, { host, container, limit = 50, cursor, kind, order = 'bytes' }) {
    const found = await findContainer(ports.db, host, container);
    if (found === null) throw containerTarget.absent({ host, container });
    const changes = await listChanges(ports.db, host, found.id, { kind, order }, limit, cursor);
    if (changes === null)
      throw fail(
        'not_measured',
        `Container "${found.name}" was not scanned yet; POST /v1/hosts/${host}/containers/${found.id}/change-scans asks for it.`,
      );
    return changes;
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
