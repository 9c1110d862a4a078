const units: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

export type PruneMessage =
  | { readonly kind: 'pruning'; readonly percent: number }
  | { readonly kind: 'pruned'; readonly bytes: number };

/** Reads a line of `restic prune`, which knows no JSON: how far a part of it is, or how much it removes in all. Null for others. */
export function readPruneLine(line: string): PruneMessage | null {
  const progress = /^\[[\d:]+\] +([\d.]+)% /.exec(line);
  if (progress !== null) return { kind: 'pruning', percent: Math.min(100, Number(progress[1])) };
  const total = /^total prune: +\d+ blobs \/ ([\d.]+) ([KMGT]?i?B)$/.exec(line);
  if (total === null) return null;
  return { kind: 'pruned', bytes: Math.round(Number(total[1]) * (units[total[2] ?? 'B'] ?? 1)) };
}
