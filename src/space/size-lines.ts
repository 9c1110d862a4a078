import type { VolumeFileSystem } from './model.ts';
import { parseRoom } from './room.ts';

/** What the sizing of one volume gave. */
export type Sized =
  | {
      readonly kind: 'sized';
      readonly bytes: number;
      readonly allocatedBytes: number;
      readonly files: number;
      readonly inodes: number;
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Reads the lines of a helper that sizes volumes, as they come. */
export interface SizeReader {
  /** `at` is the time of the line. */
  read(text: string, at: Date): void;
  /** By name of the volume, with the time of its measurement. */
  readonly results: ReadonlyMap<string, { readonly sized: Sized; readonly at: Date }>;
  /** The file system that a volume lies on; null when the helper has not told. */
  fileSystemOf(name: string): VolumeFileSystem | null;
  /** Entries and bytes that were seen so far. */
  readonly seen: { readonly entries: number; readonly bytes: number };
}

/** What find's exit code is when it was killed at its time limit. */
const tooLongCode = 137;
const largest = Number.MAX_SAFE_INTEGER;

/** Reads what {@link import('./scripts.ts').sizeScript} writes; `seconds` is the limit that it was given. */
export function sizeReader(seconds: number): SizeReader {
  const results = new Map<string, { sized: Sized; at: Date }>();
  const fileSystems = new Map<string, VolumeFileSystem>();
  let newest = '';
  const done = { entries: 0, bytes: 0 };
  let walking = { entries: 0, bytes: 0 };

  function note(name: string, sized: Sized, at: Date): void {
    newest = name;
    walking = { entries: 0, bytes: 0 };
    results.set(name, { sized, at });
    if (sized.kind !== 'sized') return;
    done.entries += sized.files;
    done.bytes = Math.min(done.bytes + sized.bytes, largest);
  }

  return {
    results,
    fileSystemOf: (name) => fileSystems.get(name) ?? fileSystems.get('') ?? null,
    get seen() {
      return { entries: done.entries + walking.entries, bytes: Math.min(done.bytes + walking.bytes, largest) };
    },
    read(text, at) {
      const [word = '', ...values] = text.split(' ');
      switch (word) {
        case 'room':
          fileSystems.set(values.slice(6).join(' '), { type: values[0] ?? '', ...parseRoom(values.slice(1, 6)) });
          return;
        case 'walking':
          walking = { entries: count(values[0]), bytes: count(values[1]) };
          return;
        case 'gone':
          return note(values.join(' '), { kind: 'gone' }, at);
        case 'sized':
          return note(values.slice(5).join(' '), toSized(values, seconds), at);
        case 'because': {
          const failed = results.get(newest);
          if (failed?.sized.kind === 'failed' && failed.sized.reason === unreadable)
            failed.sized = { kind: 'failed', reason: `${unreadable}: ${values.join(' ')}` };
        }
      }
    },
  };
}

const unreadable = 'not everything in it could be read';

function toSized([code, bytes, allocatedBytes, files, inodes]: readonly string[], seconds: number): Sized {
  if (Number(code) === tooLongCode) return { kind: 'failed', reason: `sizing it took longer than ${seconds} s` };
  // Even an empty folder has an inode: this one went away before it was looked at.
  if (Number(code) === 1 && count(inodes) === 0) return { kind: 'gone' };
  if (Number(code) !== 0) return { kind: 'failed', reason: unreadable };
  return {
    kind: 'sized',
    bytes: count(bytes),
    allocatedBytes: count(allocatedBytes),
    files: count(files),
    inodes: count(inodes),
  };
}

/** A sparse file may claim more bytes than can be counted exactly. */
function count(text: string | undefined): number {
  return Math.min(Number(text) || 0, largest);
}
