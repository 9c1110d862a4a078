import { Bytes, Count, DateTime, HostName, nullable, object, page, type Static, T, Uuid, words } from '../schema.ts';

export const JobKind = words(
  'JobKind',
  [
    'volume_backup',
    'volume_restore',
    'group_backup',
    'group_restore',
    'database_restore',
    'volume_delete',
    'volume_undelete',
    'host_prune',
    'host_measure',
    'container_scan',
    'directories_create',
    'permission_check',
    'share_enforce',
    'share_let_go',
    'repository_test',
    'repository_measure',
    'repository_import',
    'repository_check',
    'restore_drill',
    'snapshot_copy',
    'snapshot_forget',
    'snapshots_expire',
    'repository_prune',
    'repository_rotate_password',
    'health_check',
    'permission_plan',
    'permission_repair',
    'permission_undo',
    'archive_import',
    'image_backup',
    'image_restore',
    'configuration_backup',
    'configuration_restore',
  ],
  'What a job does.',
);
export type JobKind = Static<typeof JobKind>;

export const JobState = words(
  'JobState',
  ['queued', 'running', 'succeeded', 'failed', 'canceled'],
  'Where a job is in its life. The last three are final.',
);
export type JobState = Static<typeof JobState>;

export const JobProgress = object(
  {
    step: T.String({ description: 'What is done at the moment, such as `backup` or `restore`.' }),
    percent: T.Number({ minimum: 0, maximum: 100 }),
    bytesDone: Bytes,
    bytesTotal: Bytes,
    filesDone: Count,
    filesTotal: Count,
    bytesPerSecond: T.Number({ minimum: 0 }),
    secondsLeft: nullable(T.Number({ minimum: 0, description: 'Estimate; null while there is none.' })),
  },
  { $id: 'JobProgress', description: 'How far a running job is.' },
);
export type JobProgress = Static<typeof JobProgress>;

export const JobError = object(
  { code: T.String({ description: 'Code of the error catalogue.' }), detail: T.String() },
  { $id: 'JobError', description: 'Why a job or an attempt failed.' },
);
export type JobError = Static<typeof JobError>;

export const JobAttempt = object(
  {
    number: T.Integer({ minimum: 1, maximum: 1000 }),
    helper: nullable(T.String({ description: 'Name of the helper container.' })),
    startedAt: DateTime,
    finishedAt: nullable(DateTime),
    error: nullable(JobError),
  },
  { $id: 'JobAttempt', description: 'One try of a job.' },
);

export const JobResult = object(
  {
    volume: T.Optional(T.String({ description: 'Volume that the job made, filled or deleted.' })),
    snapshot: T.Optional(T.String({ description: 'Snapshot that the job made, or restored from.' })),
    safetySnapshot: T.Optional(T.String({ description: 'Snapshot of what was there before a restore in place.' })),
    files: T.Optional(Count),
    bytesRead: T.Optional(Bytes),
    bytesAdded: T.Optional(Bytes),
    bytesRestored: T.Optional(Bytes),
    filesRestored: T.Optional(Count),
    filesUnchanged: T.Optional(Count),
    filesDeleted: T.Optional(Count),
    seconds: T.Optional(T.Number({ minimum: 0 })),
    outageSeconds: T.Optional(T.Number({ minimum: 0, description: 'How long containers were stopped.' })),
    stoppedContainers: T.Optional(
      T.Array(T.String(), { description: 'Names of containers that were stopped and started again.' }),
    ),
    unreadable: T.Optional(T.Array(T.String(), { description: 'Files that could not be read.' })),
    volumesMeasured: T.Optional(Count),
    containersMeasured: T.Optional(Count),
    imagesMeasured: T.Optional(Count),
    entries: T.Optional(Count),
    entriesToChange: T.Optional(Count),
    entriesChanged: T.Optional(Count),
    entriesVanished: T.Optional(Count),
    directories: T.Optional(T.Array(T.String(), { description: 'Folders that are there now.' })),
    enforced: T.Optional(
      T.Array(T.String(), {
        description:
          'What was done to containers for the rules of a share, as `stopped NAME`, `paused NAME` or `started NAME`.',
      }),
    ),
    created: T.Optional(T.Array(T.String(), { description: 'What was made, as `kind/name`.' })),
    removed: T.Optional(T.Array(T.String(), { description: 'What was removed, as `kind/name`.' })),
    skipped: T.Optional(T.Array(T.String(), { description: 'What was left, as `kind/name: reason`.' })),
    bytesFreed: T.Optional(Bytes),
    bytesStored: T.Optional(Bytes),
    backups: T.Optional(
      T.Array(
        object(
          { volume: T.String(), snapshot: T.String(), files: Count, bytesRead: Bytes, bytesAdded: Bytes },
          { $id: 'VolumeBackup', description: 'What a backup of several volumes has made of one.' },
        ),
      ),
    ),
    restores: T.Optional(
      T.Array(
        object(
          {
            volume: T.String(),
            snapshot: T.String(),
            safetySnapshot: T.String(),
            filesRestored: Count,
            bytesRestored: Bytes,
          },
          { $id: 'VolumeRestore', description: 'What a restore of several volumes has done to one.' },
        ),
      ),
    ),
    copyJobs: T.Optional(T.Array(Uuid, { description: 'Jobs that copy the snapshot into other repositories.' })),
    snapshotsFound: T.Optional(Count),
    snapshotsAdded: T.Optional(Count),
    snapshotsRemoved: T.Optional(Count),
    openSeconds: T.Optional(T.Number({ minimum: 0, description: 'How long it took to open the repository.' })),
    oldKeyRemoved: T.Optional(
      T.Boolean({ description: 'Whether the password before a rotation opens the repository no more.' }),
    ),
    oldKeyLeftWhy: T.Optional(T.String({ description: 'Why it still does.' })),
  },
  { $id: 'JobResult', description: 'What a job achieved; which fields there are depends on its kind.' },
);
export type JobResult = Static<typeof JobResult>;

export const Job = object(
  {
    id: Uuid,
    kind: JobKind,
    state: JobState,
    host: HostName,
    volume: nullable(T.String()),
    project: nullable(T.String()),
    requestedBy: T.String({ description: 'Subject that asked for the job.' }),
    retryOf: nullable(Uuid),
    progress: nullable(JobProgress),
    attempts: T.Array(JobAttempt),
    result: nullable(JobResult),
    error: nullable(JobError),
    cancelRequestedAt: nullable(DateTime),
    createdAt: DateTime,
    startedAt: nullable(DateTime),
    finishedAt: nullable(DateTime),
  },
  { $id: 'Job', description: 'One asynchronous piece of work; its history is the audit of the data.' },
);
export type Job = Static<typeof Job>;
export const JobPage = page(Job, 'Job');

export const LogLevel = words('LogLevel', ['info', 'warn', 'error'], 'Weight of a line in the log of a job.');
export type LogLevel = Static<typeof LogLevel>;

export const JobLogEntry = object(
  {
    id: T.String({ 'x-gql': 'ID' }),
    at: DateTime,
    attempt: T.Integer({ minimum: 0, maximum: 1000 }),
    level: LogLevel,
    message: T.String(),
  },
  { $id: 'JobLogEntry', description: 'One line in the log of a job.' },
);
export const JobLogPage = page(JobLogEntry, 'JobLogEntry');
