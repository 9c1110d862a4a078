import Value from 'typebox/value';
import type { RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { object, type Static, T } from '../schema.ts';
import { nameOf, type PlannedItem } from './judgement.ts';

/**
 * How far a clean-up is, as its job remembers it. Items are called by their place in the plan, since the memory is
 * written before each removal.
 */
export const Course = object({
  /** Place of the item that is next, or whose removal has begun. */
  next: T.Integer(),
  /** Its removal has begun: should it be gone, this job has removed it. */
  begun: T.Boolean(),
  removed: T.Array(T.Integer()),
  /** Why items were left, by their place. */
  skipped: T.Array(object({ item: T.Integer(), reason: T.String(), isFailure: T.Boolean() })),
  bytesFreed: T.Number(),
});
export type Course = Static<typeof Course>;

const atStart: Course = { next: 0, begun: false, removed: [], skipped: [], bytesFreed: 0 };

/** What became of one item. */
export type Outcome =
  | { readonly removed: true; readonly bytes: number }
  | { readonly removed: false; readonly reason: string; readonly isFailure: boolean };

/** The course of a job so far. */
export function courseOf({ memory }: Pick<RunningJob, 'memory'>): Course {
  return memory['course'] === undefined ? atStart : Value.Parse(Course, memory['course']);
}

/** The course after what became of its next item. */
export function advance(course: Course, outcome: Outcome): Course {
  const { next } = course;
  const past = { ...course, next: next + 1, begun: false };
  if (!outcome.removed)
    return {
      ...past,
      skipped: [...past.skipped, { item: next, reason: outcome.reason, isFailure: outcome.isFailure }],
    };
  return { ...past, removed: [...past.removed, next], bytesFreed: past.bytesFreed + outcome.bytes };
}

/** The course as the result of its job. */
export function resultOf({ removed, skipped, bytesFreed }: Course, items: readonly PlannedItem[]): JobResult {
  const called = (index: number) => {
    const item = items[index];
    return item === undefined ? `#${index}` : nameOf(item);
  };
  return {
    removed: removed.map(called),
    skipped: skipped.map(({ item, reason }) => `${called(item)}: ${reason}`),
    bytesFreed,
  };
}
