import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { pack } from 'tar-stream';
import { fail, messageOf } from '../errors.ts';
import { type Connection, patience } from './connection.ts';
import { exceptStatus } from './except-status.ts';
import { entrypointFile, type HelperArchive, sshConfigFile } from './helper-image-archive.ts';
import { objectPath } from './object-path.ts';

const dockerfile = fileURLToPath(new URL('../../helper/Dockerfile', import.meta.url));
const configuration = ['ENV PATH=/usr/bin:/bin', 'LABEL stowage.role=helper', 'ENTRYPOINT ["/usr/bin/stowage-helper"]'];

/** An image that an engine has. */
export interface HelperImage {
  /** What containers are made from. */
  readonly image: string;
  /** Digest of the image's configuration. */
  readonly id: string;
}

/** Null when the engine does not have it. */
export async function findImage({ docker, ask }: Connection, image: string): Promise<HelperImage | null> {
  const found = await ask(patience.question, () =>
    docker.getImage(objectPath(image)).inspect().catch(exceptStatus(404)),
  );
  return found === undefined ? null : { image, id: found.Id };
}

export async function importArchive(connection: Connection, { file, image }: HelperArchive): Promise<HelperImage> {
  const [repo, tag] = image.split(':');
  const { docker } = connection;
  await work(connection, () => docker.importImage(createReadStream(file), { repo, tag, changes: configuration }));
  return await getImage(connection, image);
}

export async function pullImage(connection: Connection, reference: string): Promise<HelperImage> {
  await work(connection, () => connection.docker.pull(reference));
  return await getImage(connection, reference);
}

/** Name of the image that `helper/Dockerfile` gives. */
export async function nameOfDockerfileImage(): Promise<string> {
  const files = await Promise.all([dockerfile, entrypointFile, sshConfigFile].map((file) => readFile(file)));
  return `stowage-helper:dockerfile-${createHash('sha256').update(Buffer.concat(files)).digest('hex').slice(0, 16)}`;
}

/** Has the engine build `helper/Dockerfile`, for which it must reach a registry. */
export async function buildDockerfile(connection: Connection, image: string): Promise<HelperImage> {
  const context = pack();
  context.entry({ name: 'Dockerfile' }, await readFile(dockerfile));
  context.entry({ name: 'ssh_config' }, await readFile(sshConfigFile));
  context.entry({ name: 'entrypoint.sh', mode: 0o755 }, await readFile(entrypointFile));
  context.finalize();
  await work(connection, () =>
    connection.docker.buildImage(Readable.from(context, { objectMode: false }), { t: image }),
  );
  return await getImage(connection, image);
}

async function getImage(connection: Connection, image: string): Promise<HelperImage> {
  const found = await findImage(connection, image);
  if (found === null)
    throw fail('helper_image_missing', `The engine does not have the image ${image} although it took it.`);
  return found;
}

/** The engine answers such a request at once; how it went stands at the end of the answer. */
async function work({ docker, ask }: Connection, request: () => Promise<NodeJS.ReadableStream>): Promise<void> {
  try {
    await ask(patience.lengthy, async () => {
      const answer = await request();
      await new Promise<void>((resolve, reject) => {
        docker.modem.followProgress(answer, (error: Error | null) => (error === null ? resolve() : reject(error)));
      });
    });
  } catch (cause) {
    const words = messageOf(cause);
    throw fail('helper_image_missing', {
      detail: `The helper image could not be brought to the engine: ${words}`,
      cause,
    });
  }
}
