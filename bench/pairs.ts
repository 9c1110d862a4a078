/** Two ways to the same end. */
export interface Pair {
  readonly name: string;
  /** What makes the next round a new one; not timed. */
  readonly before?: () => Promise<unknown>;
  readonly ours: () => Promise<unknown>;
  readonly theirs: () => Promise<unknown>;
}

/** Seconds of each round. */
export interface Measured {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** Runs both in turn, round by round, so that a machine whose speed drifts is unfair to neither. */
export async function measurePairs({ before, ours, theirs }: Pair, rounds: number): Promise<Measured> {
  const measured = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    await before?.();
    measured.ours.push(await secondsOf(ours));
    measured.theirs.push(await secondsOf(theirs));
  }
  return measured;
}

/** Prints the medians and their ratio. */
export function report(name: string, { ours, theirs }: Measured, print: (line: string) => void): void {
  const ratio = ours.map((seconds, round) => seconds / (theirs[round] ?? Number.NaN));
  print(
    `${name}: Stowage ${median(ours).toFixed(2)} s, tutorial ${median(theirs).toFixed(2)} s, ratio ${median(ratio).toFixed(3)}`,
  );
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
