import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { ContainerDefinition, NetworkDefinition } from '../engine/definition-objects.ts';
import type { VolumeSpec } from '../engine/engine-objects.ts';
import { parseContainer, parseNetwork, parseVolume } from './definition-schemas.ts';

/** A Compose file, and where it lay on the host. */
export interface ComposeFile {
  readonly path: string;
  readonly content: Buffer;
}

/** What a project, or a host, is made from. Holds secrets: it goes into repositories, and nowhere else. */
export interface Configuration {
  readonly containers: readonly ContainerDefinition[];
  readonly networks: readonly NetworkDefinition[];
  readonly volumes: readonly VolumeSpec[];
  readonly composeFiles: readonly ComposeFile[];
}

/** Files by their path within the snapshot. */
export type SnapshotFiles = ReadonlyMap<string, Buffer>;

/** A configuration as files, in an order that depends on nothing but their names. */
export function filesOf({ containers, networks, volumes, composeFiles }: Configuration): SnapshotFiles {
  const images = new Map(containers.map(({ image }) => [`${image.reference} ${image.id}`, image]));
  const compose = composeFiles.map(({ path, content }, index) => ({
    path,
    content,
    file: `compose/${index + 1}-${posix.basename(path)}`,
  }));
  const files: [string, Buffer][] = [
    ...containers.map((one) => [`containers/${one.name}.json`, toJson(one)] as [string, Buffer]),
    ...networks.map((one) => [`networks/${encodeURIComponent(one.name)}.json`, toJson(one)] as [string, Buffer]),
    ...volumes.map((one) => [`volumes/${one.name}.json`, toJson(one)] as [string, Buffer]),
    ['images.json', toJson([...images].toSorted(byFirst).map(([, image]) => image))],
    ['compose.json', toJson(compose.map(({ path, file }) => ({ path, file })))],
    ...compose.map(({ file, content }) => [file, content] as [string, Buffer]),
  ];
  return new Map(files.toSorted(byFirst));
}

/** Reads files as {@link filesOf} makes them, but for the Compose files, which are for people. Throws `snapshot_unsuitable`. */
export function configurationIn(files: SnapshotFiles): Omit<Configuration, 'composeFiles'> {
  const below = (folder: string) =>
    [...files]
      .filter(([path]) => path.startsWith(`${folder}/`))
      .map(([path, content]) => [content.toString(), path] as const);
  return {
    containers: below('containers').map(([json, path]) => parseContainer(json, path)),
    networks: below('networks').map(([json, path]) => parseNetwork(json, path)),
    volumes: below('volumes').map(([json, path]) => parseVolume(json, path)),
  };
}

/** The same for the same files. */
export function digestOf(files: SnapshotFiles): string {
  const hash = createHash('sha256');
  for (const [path, content] of files) hash.update(`${path}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}

/** The files as a tar. */
export function tarOf(files: SnapshotFiles): AsyncIterable<Buffer> {
  const tar = pack();
  for (const [name, content] of files) tar.entry({ name, mode: 0o600, mtime: new Date(0) }, content);
  tar.finalize();
  return Readable.from(tar, { objectMode: false });
}

function toJson(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(inOrder(value), null, 2)}\n`);
}

/** The engine does not promise an order of names. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(byFirst);
  return Object.fromEntries(entries.map(([name, part]) => [name, inOrder(part)]));
}

function byFirst([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
