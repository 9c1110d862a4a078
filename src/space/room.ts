import type { VolumeFileSystem } from './model.ts';

type Room = Omit<VolumeFileSystem, 'type'>;

/** Reads what `stat -f` says with `%S %b %a %c %d`: what is free is what others than root may use, as `df` shows it. */
export function parseRoom(words: readonly string[]): Room {
  const [blockBytes = 0, blocks = 0, free = 0, totalInodes = 0, freeInodes = 0] = words.map(
    (word) => Number(word) || 0,
  );
  const most = (value: number) => Math.min(value, Number.MAX_SAFE_INTEGER);
  return {
    totalBytes: most(blockBytes * blocks),
    freeBytes: most(blockBytes * free),
    totalInodes: most(totalInodes),
    freeInodes: most(freeInodes),
  };
}
