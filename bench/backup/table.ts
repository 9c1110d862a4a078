import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One line of what was measured. */
export interface Row {
  readonly what: string;
  readonly against: string;
  readonly ours: number;
  readonly theirs: number;
  /** Of `ours` to `theirs`, which should be at most `target`. */
  readonly ratio: number;
  readonly target: number;
  readonly unit: 's' | 'MB';
}

/** Seconds of each round, by way. */
export type Rounds<Way extends string> = Readonly<Record<Way, number[]>>;

/**
 * Runs all ways in turn, round by round, so that a machine whose speed drifts is unfair to none. Each begins on a quiet disk: what
 * the one before has left to be written would be at the cost of the next. A way answers with its own figure.
 */
export async function inTurn<Way extends string>(
  rounds: number,
  ways: Readonly<Record<Way, (round: number) => Promise<number>>>,
): Promise<Rounds<Way>> {
  const entries = Object.entries(ways) as [Way, (round: number) => Promise<number>][];
  const measured = Object.fromEntries(entries.map(([name]) => [name, []])) as unknown as Rounds<Way>;
  for (let round = 1; round <= rounds; round += 1)
    for (const [name, way] of entries) {
      await run('sync');
      measured[name].push(await way(round));
    }
  return measured;
}

/** Compares two ways by the median of their ratios in the same round. */
export function rowOf(
  what: string,
  against: string,
  {
    ours,
    theirs,
    target,
    unit = 's',
  }: { ours: readonly number[]; theirs: readonly number[]; target: number; unit?: Row['unit'] },
): Row {
  const ratio = median(ours.map((figure, round) => figure / (theirs[round] ?? Number.NaN)));
  return { what, against, ours: median(ours), theirs: median(theirs), ratio, target, unit };
}

/** A line of the table in docs/performance.md. */
export function tableLine({ what, against, ours, theirs, ratio, target, unit }: Row): string {
  const figure = (value: number) => `${value.toFixed(unit === 's' ? 2 : 0)} ${unit}`;
  const verdict = ratio <= target ? 'yes' : '**no**';
  return `| ${[what, figure(ours), against, figure(theirs), ratio.toFixed(3), target, verdict].join(' | ')} |`;
}

export const tableHead = `| What | Stowage | Against | | Ratio | At most | Reached |
| --- | --- | --- | --- | --- | --- | --- |`;

/** The middle one of them. */
export function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
