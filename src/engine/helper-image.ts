import { join } from 'node:path';
import { fail, isFailure, messageOf } from '../errors.ts';
import { type Connection, connectDocker } from './connection.ts';
import { buildArchive, describeArchive, findBuiltArchive, type HelperArchive } from './helper-image-archive.ts';
import {
  buildDockerfile,
  findImage,
  type HelperImage,
  importArchive,
  nameOfDockerfileImage,
  pullImage,
} from './helper-image-load.ts';

interface Options {
  /** Engine that must have the image. */
  readonly endpoint: string;
  /** Folder that keeps what the image is made of; may be shared by processes. */
  readonly directory: string;
  /** Folder that keeps the fetched Debian packages; one below `directory` when not given. */
  readonly packages?: string | undefined;
  /** Root file system of the image as a tar, to import. */
  readonly archive?: string | undefined;
  /** Image to pull, pinned by digest; wins over an archive. */
  readonly reference?: string | undefined;
  readonly progress: (message: string) => void;
}

const underway = new Map<string, Promise<HelperImage>>();

/**
 * Makes sure that an engine has the helper image: the given reference or archive, else one made here out of Debian's
 * packages, else one that the engine builds from `helper/Dockerfile`. Only asks the engine when all is there. Throws
 * `helper_image_missing`, and `host_unavailable` when the engine is away.
 */
export function ensureHelperImage(options: Options): Promise<HelperImage> {
  const key = JSON.stringify([options.endpoint, options.directory, options.archive, options.reference]);
  const earlier = underway.get(key);
  if (earlier !== undefined) return earlier;
  const ensuring = withConnection(options).finally(() => underway.delete(key));
  underway.set(key, ensuring);
  return ensuring;
}

async function withConnection(options: Options): Promise<HelperImage> {
  const connection = connectDocker(options.endpoint, options.endpoint);
  try {
    return await ensure(connection, options);
  } finally {
    connection.close();
  }
}

async function ensure(connection: Connection, options: Options): Promise<HelperImage> {
  const { reference, archive, directory, progress } = options;
  if (reference !== undefined) return await ensureReference(connection, reference, progress);
  if (archive !== undefined)
    return await ensureArchive(connection, await describeArchive(directory, archive), progress);
  const built = await findBuiltArchive(directory);
  return built === null ? await make(connection, options) : await ensureArchive(connection, built, progress);
}

async function ensureReference(
  connection: Connection,
  reference: string,
  progress: Options['progress'],
): Promise<HelperImage> {
  if (!reference.includes('@sha256:')) {
    throw fail('helper_image_missing', `The helper image ${reference} is not pinned: give it as name@sha256:<digest>.`);
  }
  const found = await findImage(connection, reference);
  if (found !== null) return found;
  progress(`pulling ${reference}`);
  return await pullImage(connection, reference);
}

async function ensureArchive(
  connection: Connection,
  archive: HelperArchive,
  progress: Options['progress'],
): Promise<HelperImage> {
  const found = await findImage(connection, archive.image);
  if (found !== null) return found;
  progress('importing the helper image');
  return await importArchive(connection, archive);
}

async function make(connection: Connection, { directory, packages, progress }: Options): Promise<HelperImage> {
  const fromDockerfile = await nameOfDockerfileImage();
  const found = await findImage(connection, fromDockerfile);
  if (found !== null) return found;
  try {
    progress("making the helper image out of Debian's packages");
    return await ensureArchive(
      connection,
      await buildArchive(directory, packages ?? join(directory, 'packages')),
      progress,
    );
  } catch (error) {
    if (!isFailure(error, 'engine_setup_unavailable')) throw error;
    progress('building the helper image with the engine');
    return await buildDockerfile(connection, fromDockerfile).catch((cause: unknown) => {
      const tried = messageOf(cause);
      const remedy = 'Set STOWAGE_HELPER_ARCHIVE or STOWAGE_HELPER_IMAGE.';
      throw fail('helper_image_missing', {
        detail: `No helper image could be made (${error.message}; ${tried}). ${remedy}`,
        cause,
      });
    });
  }
}
