import { object, type Static, T } from '../schema.ts';

/** What a project has when nothing else is asked for. */
export const conventionalFolders = ['configs', 'data', 'logs', 'backups'];

export const FolderName = T.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$',
  description: 'Name of a folder.',
  examples: ['data'],
});

export const FolderMode = T.String({
  pattern: '^[0-3]?[0-7]{3}$',
  description: 'Permission bits, octal; those of set-group-id and sticky too, not set-user-id.',
  examples: ['0750'],
});

const OwnerId = T.Integer({
  minimum: 0,
  maximum: 2 ** 31 - 1,
  description: 'Number of the user or group on the host.',
  examples: [1001],
});

/** Who owns the folders, and what they are; fields of the input and of the job. */
export const ownership = { uid: OwnerId, gid: OwnerId };

/** What a job of this kind is asked with. */
export const DirectoriesInput = object({
  root: T.String(),
  project: T.String(),
  folders: T.Array(T.String()),
  ...ownership,
  mode: T.String(),
  adopt: T.Boolean(),
});
export type DirectoriesInput = Static<typeof DirectoriesInput>;
