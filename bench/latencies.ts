/** Times of single calls, in milliseconds. */
export interface Latencies {
  readonly median: number;
  readonly p99: number;
  readonly count: number;
}

/** Calls one after the other, `count` times after a few that are not counted. */
export async function latenciesOf(call: () => Promise<unknown>, count: number): Promise<Latencies> {
  const times: number[] = [];
  for (let round = -3; round < count; round += 1) {
    const milliseconds = await millisecondsOf(call);
    if (round >= 0) times.push(milliseconds);
  }
  return summary(times);
}

/** Calls one after the other for so long. */
export async function latenciesDuring(call: () => Promise<unknown>, seconds: number): Promise<Latencies> {
  const times: number[] = [];
  const endAt = performance.now() + seconds * 1000;
  await call();
  while (performance.now() < endAt) times.push(await millisecondsOf(call));
  return summary(times);
}

export async function millisecondsOf(call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await call();
  return performance.now() - startedAt;
}

function summary(times: number[]): Latencies {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99), count: sorted.length };
}
