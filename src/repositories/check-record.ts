import { object, type Static, T } from '../schema.ts';
import type { RepositoryCheck } from './model.ts';

/** What the last check of a part of the data found. */
const CheckedPart = object({
  at: T.String(),
  problems: T.Array(T.String()),
  damagedSnapshots: T.Array(T.String()),
  damagedFiles: T.Array(T.String()),
});
export type CheckedPart = Static<typeof CheckedPart>;

/** The checks of a repository as they are kept: each part until it is read again. */
export const CheckRecord = object({
  host: T.String(),
  parts: T.Integer(),
  /** The part that was read last, from 1 on. */
  part: T.Integer(),
  seconds: T.Number(),
  byPart: T.Record(T.String(), CheckedPart),
});
export type CheckRecord = Static<typeof CheckRecord>;

/** The part whose turn it is; the first one when the data was cut in another number of parts before. */
export function nextPart(record: CheckRecord | null, parts: number): number {
  return record === null || record.parts !== parts ? 1 : (record.part % parts) + 1;
}

/** With what was found in a part now. What was known of other parts of the same cut stays. */
export function withPart(
  record: CheckRecord | null,
  { host, parts, part, seconds }: Omit<CheckRecord, 'byPart'>,
  found: CheckedPart,
): CheckRecord {
  const others = record !== null && record.parts === parts ? record.byPart : {};
  return { host, parts, part, seconds, byPart: { ...others, [String(part)]: found } };
}

/** What all parts say together. */
export function shownCheck({ host, parts, part, seconds, byPart }: CheckRecord): RepositoryCheck {
  const known = Object.values(byPart);
  const times = known.map(({ at }) => at).sort();
  const distinct = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())].sort();
  const problems = known.flatMap((one) => one.problems);
  return {
    checkedAt: times.at(-1) ?? new Date(0).toISOString(),
    host,
    ok: problems.length === 0,
    part,
    parts,
    partsRead: known.length,
    allReadSince: known.length === parts ? (times[0] ?? null) : null,
    problems,
    damagedSnapshots: distinct(known.map((one) => one.damagedSnapshots)),
    damagedFiles: distinct(known.map((one) => one.damagedFiles)),
    seconds,
  };
}
