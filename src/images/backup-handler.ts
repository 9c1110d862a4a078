import type { Readable } from 'node:stream';
import Value from 'typebox/value';
import { allowedFor, enqueueCopies, type StreamSource, takeStream } from '../backups/read.ts';
import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import type { JobHandler, LockRequest, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { openRepository, readyRepository, repositoryLock, requireReach } from '../repositories/read.ts';
import { imageFolder } from '../restic/snapshot-folders.ts';
import { snapshotsOfImages } from '../snapshots/read.ts';
import { ImageBackupInput } from './job-input.ts';
import { TarEnd } from './tar-end.ts';

/** Keeps an image, as `docker save` writes it. One that the repository holds already is not read again. */
export const imageBackupHandler: JobHandler = {
  locks(job) {
    const { imageId, repositoryId } = Value.Parse(ImageBackupInput, job.input);
    return [imageLock(job.host, imageId), repositoryLock(job, repositoryId)];
  },
  authorize: allowedFor('operate'),
  run: backUp,
};

/** One job at a time works on an image. */
export function imageLock(host: string, imageId: string): LockRequest {
  return { resource: `image/${host}/${imageId}`, slots: 1 };
}

async function backUp(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { imageId: id, reference, repositoryId, copyTo = [] } = Value.Parse(ImageBackupInput, job.input);
  const [kept] = await snapshotsOfImages(job.ports.db, repositoryId, [id]);
  if (kept !== undefined) {
    const why = `snapshot ${kept.id.slice(0, 8)} holds it already`;
    await job.log('info', `The image was not read again: ${why}.`);
    return { snapshot: kept.id, bytesRead: 0, bytesAdded: 0, skipped: [`image/${reference ?? id}: ${why}`] };
  }
  const engine = job.ports.engines.get(job.host);
  const image = await engine.findImage(id);
  if (image === null)
    throw fail('image_not_found', `Image "${reference ?? id}" is not on host "${job.host}" any more.`);
  const opened = await openRepository(job.ports, repositoryId);
  requireReach(opened, job.host);
  const repository = await readyRepository(engine, job, opened);
  const taken = await takeStream(engine, job, repository, {
    step: 'backup',
    as: { kind: 'file', path: `${imageFolder(job.host, id)}/image.tar` },
    volume: null,
    project: job.project,
    reason: 'backup',
    held: { image: { id, reference } },
    open: () => saved(engine, id, image.tags),
  });
  const { id: snapshot, bytesRead, bytesAdded } = taken;
  const copyJobs = await enqueueCopies(
    job,
    { snapshot, sourceId: repositoryId, volume: null, project: job.project },
    copyTo,
  );
  const seconds = (Date.now() - startedAt) / 1000;
  return { snapshot, bytesRead, bytesAdded, seconds, ...(copyJobs.length === 0 ? {} : { copyJobs }) };
}

async function saved(engine: Engine, id: string, names: readonly string[]): Promise<StreamSource> {
  const archive = await engine.saveImage(id, names);
  const end = new TarEnd();
  return {
    output: watched(archive, end),
    async requireWhole() {
      // The engine has answered before it knows how it goes, so its errors stand in the archive, or cut it off.
      if (!end.isWhole) throw cutOff();
    },
    letGo: async () => void archive.destroy(),
  };
}

async function* watched(archive: Readable, end: TarEnd): AsyncGenerator<Buffer> {
  const reading = archive[Symbol.asyncIterator]();
  for (;;) {
    const next = await reading.next().catch((cause: unknown) => Promise.reject(cutOff(cause)));
    if (next.done === true) return;
    end.add(next.value);
    yield next.value;
  }
}

function cutOff(cause?: unknown) {
  return fail('image_save_failed', {
    detail: 'The engine did not write the image to its end, so it is not kept; look at the log of the engine.',
    cause,
  });
}
