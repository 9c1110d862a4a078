import type { ActivityPoint, ActivityRates } from './model.ts';

/** What a container had read from and written to block devices since its start. */
export interface Counters {
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly readOperations: number;
  readonly writeOperations: number;
}

/** A look at a container. */
export interface Reading {
  readonly at: Date;
  /** Null while nothing was counted. */
  readonly counters: Counters | null;
  readonly memoryBytes: number;
}

/** What a container did over some readings. */
export interface Activity {
  /** Null with fewer than two readings, and when none of them has counters. */
  readonly rates: ActivityRates | null;
  readonly memoryBytes: number | null;
  readonly measuredAt: Date | null;
  readonly measuredSeconds: number;
}

interface Step extends ActivityRates {
  readonly at: Date;
  readonly seconds: number;
  readonly memoryBytes: number;
}

const zero: Counters = { readBytes: 0, writtenBytes: 0, readOperations: 0, writeOperations: 0 };
const counters = ['readBytes', 'writtenBytes', 'readOperations', 'writeOperations'] as const;
const still: ActivityRates = {
  readBytesPerSecond: 0,
  writtenBytesPerSecond: 0,
  readOperationsPerSecond: 0,
  writeOperationsPerSecond: 0,
};

/** What a container did between its first and its last reading, which come in the order of time. */
export function activityOf(readings: readonly Reading[]): Activity {
  const last = readings.at(-1);
  const steps = stepsOf(readings);
  const seconds = steps.reduce((total, step) => total + step.seconds, 0);
  const weighted = steps.map((step) => scaled(step, step.seconds / seconds));
  return {
    rates: steps.length === 0 ? null : rounded(weighted.reduce(plus, still)),
    memoryBytes: last?.memoryBytes ?? null,
    measuredAt: last?.at ?? null,
    measuredSeconds: seconds,
  };
}

/** The sum of what several did; null when nothing is known of any. */
export function totalOf(all: readonly (ActivityRates | null)[]): ActivityRates | null {
  const known = all.filter((one) => one !== null);
  return known.length === 0 ? null : rounded(known.reduce(plus, still));
}

/**
 * What several containers did together, in at most `points` slots of equal length. A step between two readings counts in the
 * slot of its end; several steps of a container in one slot are averaged over their time.
 */
export function seriesOf(
  containers: readonly (readonly Reading[])[],
  { from, to }: { from: Date; to: Date },
  points: number,
): ActivityPoint[] {
  const width = (to.getTime() - from.getTime()) / points;
  const slotOf = ({ at }: Step) => Math.min(points - 1, Math.floor((at.getTime() - from.getTime()) / width));
  const bySlot = new Map<number, (ActivityRates & { memoryBytes: number })[]>();
  for (const readings of containers)
    for (const [slot, steps] of Map.groupBy(stepsOf(readings), slotOf))
      bySlot.set(slot, [...(bySlot.get(slot) ?? []), averageOf(steps)]);
  return [...bySlot]
    .sort(([one], [other]) => one - other)
    .map(([slot, averages]) => ({
      at: new Date(Math.round(from.getTime() + (slot + 1) * width)).toISOString(),
      ...rounded(averages.reduce(plus, still)),
      memoryBytes: averages.reduce((total, { memoryBytes }) => total + memoryBytes, 0),
    }));
}

function averageOf(steps: readonly Step[]): ActivityRates & { memoryBytes: number } {
  const seconds = steps.reduce((total, step) => total + step.seconds, 0);
  const average = steps.map((step) => scaled(step, step.seconds / seconds)).reduce(plus, still);
  return { ...average, memoryBytes: steps.at(-1)?.memoryBytes ?? 0 };
}

/**
 * A counter that went back began anew at zero with its container: what it shows was done since then. Where something is counted
 * at last, nothing was done before.
 */
function stepsOf(readings: readonly Reading[]): Step[] {
  if (readings.every(({ counters: counted }) => counted === null)) return [];
  return readings.slice(1).flatMap((later, index) => {
    const earlier = readings[index];
    if (earlier === undefined) return [];
    const seconds = (later.at.getTime() - earlier.at.getTime()) / 1000;
    if (seconds <= 0) return [];
    const [before, after] = [earlier.counters ?? zero, later.counters ?? zero];
    const restarted = counters.some((counter) => after[counter] < before[counter]);
    const per = (counter: keyof Counters) => (after[counter] - (restarted ? 0 : before[counter])) / seconds;
    return {
      at: later.at,
      seconds,
      memoryBytes: later.memoryBytes,
      readBytesPerSecond: per('readBytes'),
      writtenBytesPerSecond: per('writtenBytes'),
      readOperationsPerSecond: per('readOperations'),
      writeOperationsPerSecond: per('writeOperations'),
    };
  });
}

function rates(each: (field: keyof ActivityRates) => number): ActivityRates {
  return {
    readBytesPerSecond: each('readBytesPerSecond'),
    writtenBytesPerSecond: each('writtenBytesPerSecond'),
    readOperationsPerSecond: each('readOperationsPerSecond'),
    writeOperationsPerSecond: each('writeOperationsPerSecond'),
  };
}

function plus(one: ActivityRates, other: ActivityRates): ActivityRates {
  return rates((field) => one[field] + other[field]);
}

function scaled(one: ActivityRates, factor: number): ActivityRates {
  return rates((field) => one[field] * factor);
}

/** To a hundredth: readings are no more exact than that. */
function rounded(one: ActivityRates): ActivityRates {
  return rates((field) => Math.round(one[field] * 100) / 100);
}
