import type { Frame } from './demux.ts';

const overlapMs = 2_000;
const pruneEvery = 1_000;

/** Knows which of the newest log frames were read, so that reading can go on where a broken stream ended. */
export interface SeenFrames {
  /** Where to read on: a little before the newest frame, since frames of the two streams may be out of order. Null: from the beginning. */
  since(): Date | null;
  /** To be called before each reading. */
  startReading(): void;
  /** Whether this frame was not given by an earlier reading. */
  isNew(frame: Frame): boolean;
}

interface Seen {
  readonly at: number;
  count: number;
}

/** Starts with nothing seen. Equal frames are counted: a helper may write the same line twice in a moment. */
export function createSeenFrames(): SeenFrames {
  const seen = new Map<string, Seen>();
  let skippable = new Map<string, number>();
  let newest = 0;

  function note(key: string, at: number): void {
    newest = Math.max(newest, at);
    const entry = seen.get(key);
    if (entry === undefined) seen.set(key, { at, count: 1 });
    else entry.count += 1;
    if (seen.size % pruneEvery === 0) prune();
  }

  function prune(): void {
    for (const [key, { at }] of seen) if (at < newest - 2 * overlapMs) seen.delete(key);
  }

  return {
    since: () => (newest === 0 ? null : new Date(newest - overlapMs)),
    startReading() {
      skippable = new Map([...seen].map(([key, { count }]) => [key, count]));
    },
    isNew({ stream, content }) {
      const key = `${stream} ${content.toString('latin1')}`;
      const left = skippable.get(key) ?? 0;
      if (left > 0) skippable.set(key, left - 1);
      else note(key, Date.parse(content.toString('latin1', 0, content.indexOf(' '))));
      return left === 0;
    },
  };
}
