import Value from 'typebox/value';
import { isFailure } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { nullable, object, type Static, T } from '../schema.ts';

const skippedKept = 100;

/** How far a measurement has come; written down on the job, so that whoever goes on with it begins where it was. */
const State = object({
  /** Time of the samples that are not of a helper, so that a step that is repeated writes the same ones. */
  at: T.String(),
  volumesAfter: nullable(T.String()),
  volumesMeasured: T.Integer(),
  containersAfter: nullable(T.String()),
  containersMeasured: T.Integer(),
  skipped: T.Array(T.String()),
  skippedMore: T.Integer(),
});

/** The way of one measurement through a host. */
export interface Course {
  readonly state: Static<typeof State>;
  readonly at: Date;
  /** Notes what could not be measured, as `kind/name`, and why. */
  skip(what: string, reason: string): void;
  /** What was skipped, for the result of the job. */
  skipped(): string[];
  save(): Promise<void>;
  /** Does a part of the work; when it fails for a reason of its own it is skipped, and gives null. */
  attempt<Result>(what: string, work: () => Promise<Result>): Promise<Result | null>;
  /** Why a part of the work failed; throws the error again when it is none of that part alone. */
  reasonOf(error: unknown): string;
}

/** Failures that are not of one part: nothing else would work either, and the next attempt may. */
const failuresOfAll = ['host_unavailable', 'helper_image_missing', 'database_unavailable'] as const;

/** Begins, or goes on where a worker that died was. */
export function openCourse(job: RunningJob): Course {
  const known = job.memory['course'];
  const state = known === undefined ? initialState() : Value.Parse(State, known);

  function skip(what: string, reason: string): void {
    if (state.skipped.length < skippedKept) state.skipped.push(`${what}: ${reason}`);
    else state.skippedMore += 1;
  }

  function reasonOf(error: unknown): string {
    const isOfAll = failuresOfAll.some((code) => isFailure(error, code));
    if (job.signal.aborted || !isFailure(error) || isOfAll) throw error;
    return error.message;
  }

  return {
    state,
    reasonOf,
    at: new Date(state.at),
    skip,
    skipped: () => (state.skippedMore === 0 ? state.skipped : [...state.skipped, `and ${state.skippedMore} more`]),
    save: () => job.remember({ course: state }),
    async attempt(what, work) {
      try {
        return await work();
      } catch (error) {
        const reason = reasonOf(error);
        skip(what, reason);
        await job.log('warn', `${what}: ${reason}`);
        return null;
      }
    },
  };
}

function initialState(): Static<typeof State> {
  return {
    at: new Date().toISOString(),
    volumesAfter: null,
    volumesMeasured: 0,
    containersAfter: null,
    containersMeasured: 0,
    skipped: [],
    skippedMore: 0,
  };
}
