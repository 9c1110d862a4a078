import { object, type Static, T } from '../schema.ts';

/** An image (by id) that is kept; `reference` is the name that it was asked for by. */
export const ImageBackupInput = object({
  imageId: T.String(),
  reference: T.Union([T.String(), T.Null()]),
  repositoryId: T.String(),
  /** Repositories that what is written is copied to. */
  copyTo: T.Optional(T.Array(T.String())),
  /** Key of the policy that asks. */
  source: T.Optional(T.String()),
});
export type ImageBackupInput = Static<typeof ImageBackupInput>;

export const ImageRestoreInput = object({ snapshot: T.String(), repositoryId: T.String() });
export type ImageRestoreInput = Static<typeof ImageRestoreInput>;
