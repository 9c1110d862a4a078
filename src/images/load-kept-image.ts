import { Readable } from 'node:stream';
import { reportBytes } from '../backups/read.ts';
import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { streamOutput } from '../jobs/helper-run.ts';
import { openRepository } from '../repositories/read.ts';
import { dumpCommand } from '../restic/commands.ts';
import { repositoryAccess, resticHelper } from '../restic/repository-access.ts';
import type { Snapshot } from '../snapshots/model.ts';

/** What Docker takes for a name of an image. It may come from a tag, which whoever writes into the repository may have made up. */
const plainName = /^[a-zA-Z0-9][a-zA-Z0-9._:/@-]{0,510}$/;

/** Whether an image is on the host, under this id. Throws `image_name_taken` when it is not, and its name is that of another one. */
export async function hasImage(engine: Engine, { id, reference }: NonNullable<Snapshot['image']>): Promise<boolean> {
  if ((await engine.imageId(id)) !== null) return true;
  if (reference !== null && plainName.test(reference) && (await engine.imageId(reference)) !== null)
    throw fail(
      'image_name_taken',
      `On host "${engine.host}" the name "${reference}" is that of another image, which would lose it; give that one another name first.`,
    );
  return false;
}

/** What a container is to be made from: the name, where it is that of the image, else the id. */
export async function nameForImage(
  engine: Engine,
  { id, reference }: { id: string; reference: string },
): Promise<string> {
  if (!plainName.test(reference)) return id;
  return (await engine.imageId(reference)) === id ? reference : id;
}

/**
 * Brings the image that a snapshot holds to the host, with its names; gives the bytes that were read. Throws `image_name_taken`,
 * and `image_load_failed` also when what the engine has taken is not the image that the snapshot names.
 */
export async function loadKeptImage(
  engine: Engine,
  job: RunningJob,
  { id: snapshot, image, paths, path, bytes, repositoryId }: Snapshot,
  step: string,
): Promise<number> {
  if (image === null) throw fail('snapshot_unsuitable', `Snapshot ${snapshot.slice(0, 8)} holds no image.`);
  if (await hasImage(engine, image)) return 0;
  const access = repositoryAccess(await openRepository(job.ports, repositoryId), false);
  const spec = resticHelper(access, dumpCommand(snapshot, paths[0] ?? path), { capabilities: [] });
  const archive = await streamOutput(engine, job, { step, spec, secrets: access.secrets });
  const counted = Readable.from(eachOf(archive, reportBytes(job, step, bytes)), { objectMode: false });
  await engine.loadImage(counted, job.signal);
  if ((await engine.imageId(image.id)) === null)
    throw fail(
      'image_load_failed',
      `The engine took the image of snapshot ${snapshot.slice(0, 8)}, and has none with the id ${image.id} all the same.`,
    );
  return bytes;
}

async function* eachOf(archive: AsyncIterable<Buffer>, report: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of archive) {
    report(chunk.length);
    yield chunk;
  }
}
