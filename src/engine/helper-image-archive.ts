import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { assembleHelperRoot } from './helper-image-root.ts';
import { runSystemTool } from './system-tool.ts';

/** What every helper container starts with; part of the image. */
export const entrypointFile = fileURLToPath(new URL('../../helper/entrypoint.sh', import.meta.url));
/** How helpers speak to servers over SSH; part of the image. */
export const sshConfigFile = fileURLToPath(new URL('../../helper/ssh_config', import.meta.url));
const recipeFile = fileURLToPath(new URL('./helper-image-root.ts', import.meta.url));

/** A root file system as a tar, to be imported as an image. */
export interface HelperArchive {
  readonly file: string;
  /** Names the content: another content has another name. */
  readonly image: string;
}

/** The archive that was made of the entry point and recipe as they are now, or null. */
export async function findBuiltArchive(directory: string): Promise<HelperArchive | null> {
  return await recall(directory, await builtKey());
}

/**
 * Makes the archive out of Debian's packages, which `cache` keeps. The same packages give the same archive. Throws
 * `engine_setup_unavailable`.
 */
export async function buildArchive(directory: string, cache: string): Promise<HelperArchive> {
  const key = await builtKey();
  await mkdir(directory, { recursive: true });
  const work = await mkdtemp(join(directory, 'building-'));
  try {
    const root = join(work, 'root');
    const unfinished = join(work, 'root.tar');
    await assembleHelperRoot(root, join(work, 'scratch'), {
      cache,
      entrypoint: entrypointFile,
      sshConfig: sshConfigFile,
    });
    await packDeterministically(root, unfinished);
    const hash = await hashOf(unfinished);
    const file = join(directory, `helper-${hash}.tar`);
    await rename(unfinished, file);
    return await remember(directory, key, { file, image: imageOf(hash) });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** An archive that was given, named by its content. */
export async function describeArchive(directory: string, archive: string): Promise<HelperArchive> {
  const file = resolve(archive);
  const { size, mtimeMs } = await stat(file);
  const key = keyOf([file, String(size), String(mtimeMs)]);
  const known = await recall(directory, key);
  return known ?? (await remember(directory, key, { file, image: imageOf(await hashOf(file)) }));
}

async function builtKey(): Promise<string> {
  const files = await Promise.all([entrypointFile, sshConfigFile, recipeFile].map((file) => readFile(file, 'utf8')));
  return keyOf([process.arch, ...files]);
}

async function packDeterministically(root: string, file: string): Promise<void> {
  const sameForAll = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  await runSystemTool('tar', ['-C', root, ...sameForAll, '-cf', file, '.'], { remedy: 'Install GNU tar.' });
}

// What is remembered appears at once and whole, since other processes read it too.
async function remember(directory: string, key: string, archive: HelperArchive): Promise<HelperArchive> {
  await mkdir(directory, { recursive: true });
  const unfinished = join(directory, `${key}.${process.pid}.new`);
  await writeFile(unfinished, JSON.stringify(archive));
  await rename(unfinished, join(directory, `${key}.json`));
  return archive;
}

async function recall(directory: string, key: string): Promise<HelperArchive | null> {
  const note = await readFile(join(directory, `${key}.json`), 'utf8').catch(() => null);
  if (note === null) return null;
  const archive: HelperArchive = JSON.parse(note);
  return existsSync(archive.file) ? archive : null;
}

function keyOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex').slice(0, 16);
}

function imageOf(hash: string): string {
  return `stowage-helper:${hash}`;
}
