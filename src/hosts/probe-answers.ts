import { constants } from 'node:fs';
import { missingPath, type PathFacts } from './path-facts.ts';
import { hostRoot } from './probe-script.ts';

interface Mounted {
  readonly device: string;
  readonly point: string;
  readonly type: string;
}

/** Reads what {@link import('./probe-script.ts').probeScript} writes. */
export interface ProbeAnswers {
  /** Takes a line; one that is none of the script's is passed over. */
  add(line: string): void;
  /** What was answered so far, by index: facts, or null for what could not be looked at. */
  facts(): ReadonlyMap<number, PathFacts | null>;
}

/** Starts with no answers about these paths. */
export function readProbeAnswers(paths: readonly string[]): ProbeAnswers {
  const mounts: Mounted[] = [];
  const found = new Map<number, PathFacts | null>();

  function add(line: string): void {
    const [word, ...rest] = line.split(' ');
    if (word === 'mount') addMount(rest);
    if (word === 'path') addPath(rest);
    if (word === 'entries') addEntries(rest);
  }

  function addMount([device = '', point = '', type = '']: readonly string[]): void {
    const path = pathOnHost(readPoint(point));
    if (path !== null) mounts.push({ device, point: path, type });
  }

  function addPath([index, state, ...rest]: readonly string[]): void {
    const number = Number(index);
    const path = paths[number];
    if (path === undefined) return;
    if (state === 'missing') found.set(number, missingPath);
    if (state === 'unknown') found.set(number, null);
    if (state === 'found') found.set(number, toFacts(path, rest, mounts));
  }

  function addEntries([index, count, more]: readonly string[]): void {
    const known = found.get(Number(index));
    if (known) found.set(Number(index), { ...known, entries: Number(count), entriesAreMore: more === 'more' });
  }

  return { add, facts: () => found };
}

const permissionBits = 0o7777;
const kinds: ReadonlyMap<number, PathFacts['kind']> = new Map([
  [constants.S_IFREG, 'file'],
  [constants.S_IFDIR, 'directory'],
  [constants.S_IFSOCK, 'socket'],
  [constants.S_IFBLK, 'device'],
  [constants.S_IFCHR, 'device'],
  [constants.S_IFIFO, 'fifo'],
]);

function toFacts(path: string, words: readonly string[], mounts: readonly Mounted[]): PathFacts {
  const [rawMode = '', uid, gid, device, inode, resolved = '='] = words;
  const mode = Number.parseInt(rawMode, 16);
  const resolvedPath = resolved === '=' ? path : Buffer.from(resolved, 'base64').toString('utf8');
  const below = mountOf(resolvedPath, mounts);
  return {
    exists: true,
    kind: kinds.get(mode & constants.S_IFMT) ?? 'other',
    resolvedPath,
    uid: Number(uid),
    gid: Number(gid),
    mode: (mode & permissionBits).toString(8).padStart(4, '0'),
    identity: `${device}:${inode}`,
    fileSystem: below?.type ?? null,
    crossesFileSystem: mounts.some(({ point, device }) => isBelow(point, resolvedPath) && device !== below?.device),
    entries: null,
    entriesAreMore: false,
  };
}

/** The file system that a path lies on: of the mounts above it the nearest, and of several at one point the last. */
function mountOf(path: string, mounts: readonly Mounted[]): Mounted | null {
  let nearest: Mounted | null = null;
  for (const mount of mounts) {
    const covers = mount.point === path || isBelow(path, mount.point);
    if (covers && mount.point.length >= (nearest?.point.length ?? 0)) nearest = mount;
  }
  return nearest;
}

function isBelow(path: string, folder: string): boolean {
  return folder === '/' ? path !== '/' : path.startsWith(`${folder}/`);
}

/** Null for a mount of the helper itself. */
function pathOnHost(path: string): string | null {
  if (path === hostRoot) return '/';
  return path.startsWith(`${hostRoot}/`) ? path.slice(hostRoot.length) : null;
}

/** The kernel writes blanks, line ends and backslashes of a mount point in octal digits. */
function readPoint(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
