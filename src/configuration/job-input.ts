import { object, type Static, T } from '../schema.ts';

/** `composeProject` null: everything on the host. `withFiles`: Compose files are read, which are any that a label names. */
export const ConfigurationBackupInput = object({
  composeProject: T.Union([T.String(), T.Null()]),
  repositoryId: T.String(),
  withFiles: T.Boolean(),
  /** Repositories that what is written is copied to. */
  copyTo: T.Optional(T.Array(T.String())),
  /** Key of the policy that asks. */
  source: T.Optional(T.String()),
});
export type ConfigurationBackupInput = Static<typeof ConfigurationBackupInput>;

/** `containers`: names of those that are wanted; all without. `isOfHost`: the snapshot is of everything on a host. */
export const ConfigurationRestoreInput = object({
  snapshot: T.String(),
  repositoryId: T.String(),
  isOfHost: T.Boolean(),
  containers: T.Optional(T.Array(T.String())),
  start: T.Boolean(),
});
export type ConfigurationRestoreInput = Static<typeof ConfigurationRestoreInput>;
