import { object, type Static, T } from '../schema.ts';

/** What a job that stops, pauses or lets go a container is asked with. */
export const EnforcementInput = object({
  share: T.String(),
  /** Id. */
  container: T.String(),
  containerName: T.String(),
});
export type EnforcementInput = Static<typeof EnforcementInput>;
