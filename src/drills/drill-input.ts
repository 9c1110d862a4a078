import { object, type Static, T } from '../schema.ts';

/** What a drill is asked with, as written down on the job. */
export const DrillInput = object({ snapshot: T.String(), repositoryId: T.String() });
export type DrillInput = Static<typeof DrillInput>;
