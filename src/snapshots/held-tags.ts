import type { ListedSnapshot } from '../restic/output.ts';
import type { HeldContent } from './held-content.ts';
import type { DatabaseDump, DatabaseEngine } from './model.ts';
import { serverOfTag, serverTag } from './server-tag.ts';

const engines: readonly string[] = ['postgresql', 'mysql', 'mariadb', 'redis'] satisfies DatabaseEngine[];
const host = '([a-z0-9][a-z0-9.-]*)';
const name = '([a-zA-Z0-9][a-zA-Z0-9_.-]*)';
const ofVolume = new RegExp(`^/volumes/${host}/${name}$`);
const ofDump = new RegExp(`^/dumps/${host}/${name}$`);
const ofImage = new RegExp(`^/images/${host}/([0-9a-f]{64})$`);
const ofConfiguration = new RegExp(`^/configuration/${host}(?:/projects/${name})?$`);

/** The part of the tags that says what a snapshot holds. restic takes a comma for the end of a tag, so values are encoded. */
export function tagsOfHeld({ dump, image, configuration, server }: HeldContent): string[] {
  const ofDatabase = dump?.database == null ? [] : [`database=${encodeURIComponent(dump.database)}`];
  const ofReference = image?.reference == null ? [] : [`reference=${encodeURIComponent(image.reference)}`];
  return [
    ...(dump == null ? [] : [`dump=${dump.engine}`, ...ofDatabase]),
    ...(image == null ? [] : ['image', ...ofReference]),
    ...(configuration == null ? [] : [`configuration=${configuration.digest}`]),
    ...(server == null ? [] : [`server=${serverTag(server)}`]),
  ];
}

/** What a snapshot holds, and of what. */
export interface HeldPlace extends HeldContent {
  /** Folder that holds what was backed up. */
  readonly path: string;
  /** Nothing that Stowage makes. */
  readonly isForeign: boolean;
  readonly host?: string;
  readonly volume: string | null;
}

/** By the tags and the place of a snapshot, whose only path (or `/`) is `root`. Somebody else may have either, but hardly both. */
export function placeOf(listed: ListedSnapshot, root: string): HeldPlace {
  const folder = root.slice(0, root.lastIndexOf('/'));
  const nothing = { dump: null, image: null, configuration: null, server: null, volume: null };
  const dump = dumpOf(listed);
  const digest = tagValue(listed, 'configuration');
  const [, imageHost, imageId] = listed.tags?.includes('image') === true ? (ofImage.exec(folder) ?? []) : [];
  if (imageHost !== undefined) {
    const reference = tagValue(listed, 'reference');
    const image = { id: `sha256:${imageId}`, reference: reference === null ? null : decoded(reference) };
    return { ...nothing, path: folder, isForeign: false, host: imageHost, image };
  }
  const [, configurationHost, composeProject = null] = digest === null ? [] : (ofConfiguration.exec(root) ?? []);
  if (configurationHost !== undefined && digest !== null) {
    const configuration = { composeProject, digest };
    return { ...nothing, path: root, isForeign: false, host: configurationHost, configuration };
  }
  const path = dump === null ? root : folder;
  const [, volumeHost, volume] = (dump === null ? ofVolume : ofDump).exec(path) ?? [];
  if (volumeHost === undefined || volume === undefined) return { ...nothing, path, isForeign: true };
  return {
    ...nothing,
    path,
    isForeign: false,
    host: volumeHost,
    volume,
    dump,
    server: serverOfTag(tagValue(listed, 'server')),
  };
}

/** A dump is one file, in a folder of its volume. */
function dumpOf(listed: ListedSnapshot): DatabaseDump | null {
  const engine = tagValue(listed, 'dump');
  if (!isEngine(engine) || !listed.paths.every((path) => path.startsWith('/dumps/'))) return null;
  const database = tagValue(listed, 'database');
  return { engine, database: database === null ? null : decoded(database) };
}

/** The value of a tag `name=value`. */
export function tagValue({ tags = [] }: ListedSnapshot, name: string): string | null {
  return tags.find((tag) => tag.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}

function isEngine(text: string | null): text is DatabaseEngine {
  return text !== null && engines.includes(text);
}

/** The value that was encoded; as it is when it was not. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Somebody else's tag of the same name.
    return text;
  }
}
