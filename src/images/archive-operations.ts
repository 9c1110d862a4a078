import { repositoryField } from '../backups/read.ts';
import { fail } from '../errors.ts';
import { requireHost } from '../hosts/read.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command } from '../operation.ts';
import { requireReach, resolveRepository, usableRepository } from '../repositories/read.ts';
import { HostName, object } from '../schema.ts';
import { SnapshotId } from '../snapshots/model.ts';
import { requireSnapshot } from '../snapshots/read.ts';
import { ImageAddress } from './model.ts';
import { imageNotFound } from './operations.ts';
import { imageRequest } from './read.ts';
import { findImage } from './store.ts';

export const backUpImage = command('images.backup', {
  permission: 'operate',
  reach: 'everything',
  summary: 'Keep an image in a repository',
  description:
    'With all its names, as `docker save` writes it. Layers that the repository holds already, of whatever image, are not stored again; an image that it holds already (by its id) is not even read.',
  input: object({ host: HostName, image: ImageAddress, repository: repositoryField }),
  output: Job,
  recall: recallJob,
  async run(context, { host, image: address, repository }) {
    const { db } = context.ports;
    await requireHost(db, host);
    const image = await findImage(db, 'all', host, address);
    if (image === null) throw imageNotFound(host, address);
    const { id: repositoryId } = await usableRepository(db, host, repository);
    const asked = [address, `${address}:latest`].find((name) => image.tags.includes(name));
    const reference = asked ?? image.tags[0] ?? null;
    return await enqueueJob(context, imageRequest(host, { imageId: image.id, reference, repositoryId }));
  },
});

export const restoreImage = command('images.restore', {
  permission: 'operate',
  reach: 'everything',
  summary: 'Bring an image back from a snapshot',
  description:
    'With its names. It must come back with the very id that it had. Nothing is done when it is on the host; a name that another image has there is never taken away from that.',
  input: object({ host: HostName, snapshot: SnapshotId }),
  output: Job,
  recall: recallJob,
  async run(context, { host, snapshot: id }) {
    const { db } = context.ports;
    await requireHost(db, host);
    const snapshot = await requireSnapshot(context, id);
    if (snapshot.image === null)
      throw fail('snapshot_unsuitable', `Snapshot ${snapshot.id.slice(0, 8)} holds no image.`);
    requireReach(await resolveRepository(db, snapshot.repositoryId), host);
    const input = { snapshot: snapshot.id, repositoryId: snapshot.repositoryId };
    return await enqueueJob(context, { kind: 'image_restore', host, volume: null, project: null, input });
  },
});
