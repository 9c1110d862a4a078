import { type AclEntry, parseAcl } from './acl.ts';
import type { Entry } from './can-access.ts';

/** A folder on the way to entries, and where the first one of its kind is. */
export interface FolderAbove {
  readonly entry: Entry;
  readonly path: string;
}

/** Entries that are alike in all that decides about access: to them, to the folder they are in, and to those above. */
export interface Alike {
  readonly entry: Entry;
  /** Folders above in no certain order, each kind once; null for the root, which has none. */
  readonly above: readonly FolderAbove[];
  /** The folder they are in; null for the root. */
  readonly parent: Entry | null;
  readonly entries: number;
  /** Some of them, from the root of the survey. */
  readonly paths: readonly string[];
}

/** What a helper saw in a folder of a volume. */
export interface Survey {
  readonly top: Entry;
  readonly defaultAcl: readonly AclEntry[] | null;
  readonly alike: readonly Alike[];
  readonly entries: number;
  /** False when there was more than was to be looked at, or too much that is different. */
  readonly isComplete: boolean;
  /** Entries that went away meanwhile. */
  readonly vanished: number;
}

/** Reads the lines of `survey.pl` as they come. */
export interface SurveyReader {
  read(line: string): void;
  readonly seen: number;
  /** By number of the folder; null for one that is not there, undefined for one that was not told of to its end. */
  result(folder: number): Survey | null | undefined;
}

interface Part {
  readonly like: Map<string, Entry>;
  readonly above: Map<string, readonly FolderAbove[]>;
  readonly alike: Alike[];
}

/** Makes a reader. */
export function surveyReader(): SurveyReader {
  const parts = new Map<string, Part>();
  const tops = new Map<string, { top: Entry; defaultAcl: readonly AclEntry[] | null }>();
  const results = new Map<number, Survey | null>();
  let finished = 0;
  let walking = 0;

  function partOf(folder: string): Part {
    const known = parts.get(folder);
    if (known !== undefined) return known;
    const part = { like: new Map(), above: new Map(), alike: [] };
    parts.set(folder, part);
    return part;
  }

  function finish(folder: string, [entries, complete, vanished, more]: readonly string[]): void {
    const top = tops.get(folder);
    if (top === undefined) return;
    const { alike } = partOf(folder);
    finished += Number(entries);
    walking = 0;
    results.set(Number(folder), {
      ...top,
      alike,
      entries: Number(entries),
      isComplete: complete === '1' && more === '0',
      vanished: Number(vanished),
    });
  }

  return {
    result: (folder) => results.get(folder),
    get seen() {
      return finished + walking;
    },
    read(line) {
      const [word = '', folder = '', ...rest] = line.split(' ');
      if (word === 'progress') walking = Number(folder);
      else if (word === 'missing') results.set(Number(folder), null);
      else if (word === 'top') tops.set(folder, { top: toEntry(rest), defaultAcl: toAcl(rest[4]) });
      else if (word === 'like') partOf(folder).like.set(rest[0] ?? '', toEntry(rest.slice(1)));
      else if (word === 'above') addAbove(partOf(folder), rest);
      else if (word === 'count') addCount(partOf(folder), rest);
      else if (word === 'done') finish(folder, rest);
    },
  };
}

function addAbove({ above, like }: Part, [id = '', rest = '', kind = '', path = '']: readonly string[]): void {
  const entry = like.get(kind);
  if (entry !== undefined) above.set(id, [...(above.get(rest) ?? []), { entry, path: decodePath(path) }]);
}

function addCount(
  { above, like, alike }: Part,
  [way = '', kind = '', parent = '', entries = '', ...paths]: readonly string[],
): void {
  const entry = like.get(kind);
  if (entry === undefined) return;
  alike.push({
    entry,
    above: above.get(way) ?? [],
    parent: like.get(parent) ?? null,
    entries: Number(entries),
    paths: paths.map(decodePath),
  });
}

function toEntry([mode = '', uid = '', gid = '', acl]: readonly string[]): Entry {
  const bits = Number.parseInt(mode, 8);
  return { type: typeOf(bits & 0o170000), uid: Number(uid), gid: Number(gid), mode: bits & 0o7777, acl: toAcl(acl) };
}

function typeOf(kind: number): Entry['type'] {
  if (kind === 0o040000) return 'folder';
  if (kind === 0o100000) return 'file';
  return kind === 0o120000 ? 'link' : 'other';
}

function toAcl(text: string | undefined): AclEntry[] | null {
  return text === undefined || text === '-' ? null : parseAcl(text);
}

/** A path from percent-encoding; what is no UTF-8 is shown as U+FFFD. */
export function decodePath(text: string): string {
  const bytes = text.replace(/%([0-9A-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
