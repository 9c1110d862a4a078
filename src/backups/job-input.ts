import { object, type Static, StringMap, T } from '../schema.ts';
import { BackupHook, Consistency } from './model.ts';

/** What the kinds of job of this domain are asked with, as written down on the job. */
/** `copyTo`: ids of repositories; `source`: the policy or class that asked, as `policy/<id>` or `class/<name>`. */
export const BackupInput = object({
  repositoryId: T.String(),
  copyTo: T.Optional(T.Array(T.String())),
  source: T.Optional(T.String()),
  /** `live` when not given. */
  consistency: T.Optional(Consistency),
  hooks: T.Optional(T.Array(BackupHook)),
  /** Of a dump: the one database that it is to hold. */
  database: T.Optional(T.String()),
});
export type BackupInput = Static<typeof BackupInput>;

const groupVolume = { name: T.String(), project: T.Union([T.String(), T.Null()]) };

/** All of a Compose project that is backed up as of one moment. */
export const GroupBackupInput = object({
  composeProject: T.String(),
  volumes: T.Array(object(groupVolume)),
  repositoryId: T.String(),
  copyTo: T.Array(T.String()),
  source: T.Optional(T.String()),
  consistency: Consistency,
  hooks: T.Array(BackupHook),
});
export type GroupBackupInput = Static<typeof GroupBackupInput>;

/** The snapshots that one backup of a Compose project has made. */
export const GroupRestoreInput = object({
  composeProject: T.String(),
  repositoryId: T.String(),
  volumes: T.Array(object({ ...groupVolume, snapshot: T.String() })),
});

/** `into`: name of the volume to make; without it the restore is in place. */
export const RestoreInput = object({
  snapshot: T.String(),
  repositoryId: T.String(),
  into: T.Optional(T.String()),
  /** Labels of the volume to make. */
  labels: T.Optional(StringMap),
});
export type RestoreInput = Static<typeof RestoreInput>;

/** From the repository `sourceId` to `repositoryId`. */
export const CopyInput = object({ snapshot: T.String(), sourceId: T.String(), repositoryId: T.String() });

export const ForgetInput = object({ snapshot: T.String(), repositoryId: T.String() });

/** Without a repository no last snapshot is kept. */
export const DeleteInput = object({ repositoryId: T.Optional(T.String()) });
export type DeleteInput = Static<typeof DeleteInput>;

export const UndeleteInput = object({ deletedId: T.String(), snapshot: T.String(), repositoryId: T.String() });
export type UndeleteInput = Static<typeof UndeleteInput>;

/** `path` in the volume `source`; `into`: the volume to make. */
export const ArchiveImportInput = object({
  source: T.String(),
  path: T.String(),
  into: T.String(),
  labels: StringMap,
});
export type ArchiveImportInput = Static<typeof ArchiveImportInput>;
