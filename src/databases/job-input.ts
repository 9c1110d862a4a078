import { object, type Static, T } from '../schema.ts';

/** A dump that a database reads: of a snapshot, or a file of SQL in a volume. What was there is kept in `repositoryId`. */
export const DatabaseRestoreInput = object({
  container: T.String(),
  repositoryId: T.String(),
  snapshot: T.Optional(T.String()),
  archive: T.Optional(object({ volume: T.String(), path: T.String() })),
  database: T.Union([T.String(), T.Null()]),
});
export type DatabaseRestoreInput = Static<typeof DatabaseRestoreInput>;
