import { nullable, object, type Static, T } from '../schema.ts';

/** What a clean-up is asked with, as written down on its job. */
export const PruneInput = object({
  plan: T.String(),
  /** Where last snapshots of volumes go; null when none is taken. */
  repositoryId: nullable(T.String()),
  /** Names of the volumes that go, and whether each has a last snapshot. */
  volumes: T.Array(object({ name: T.String(), snapshot: T.Boolean() })),
});
export type PruneInput = Static<typeof PruneInput>;
