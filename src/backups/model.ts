import { DateTime, HostName, nullable, object, page, type Static, T, Uuid, words } from '../schema.ts';

export const DeletedVolume = object(
  {
    id: Uuid,
    host: HostName,
    name: T.String(),
    driver: T.String(),
    project: nullable(T.String()),
    snapshot: T.String({ 'x-gql': 'ID', description: 'Last snapshot of the volume.' }),
    deletedBy: T.String(),
    deletedAt: DateTime,
    expiresAt: DateTime,
  },
  { $id: 'DeletedVolume', description: 'A volume that was deleted and can be brought back until `expiresAt`.' },
);
export type DeletedVolume = Static<typeof DeletedVolume>;
export const DeletedVolumePage = page(DeletedVolume, 'DeletedVolume');

export const Consistency = words(
  'Consistency',
  ['live', 'pause', 'stop', 'hook', 'dump'],
  'What the containers that can write to a volume do while it is backed up: `live`: they go on; `pause`: they are paused; `stop`: they are stopped, so that all that they hold is written; `hook`: they go on after a command in them has brought their files to rest. `dump`: the database whose data it is writes a dump with its own tool, in place of its files. `pause`, `stop` and `hook` read the volume twice: once while they go on, then again what has changed, within the short time that they are at rest.',
);
export type Consistency = Static<typeof Consistency>;

const commandWords = T.Array(T.String({ minLength: 1, maxLength: 4096 }), { minItems: 1, maxItems: 64 });
const hookFields = {
  container: T.String({
    minLength: 1,
    maxLength: 255,
    description:
      'Name or compose service of the container, of those that have the volume mounted and are of its project; all of them when not given.',
  }),
  before: {
    ...commandWords,
    description: 'Command, run before the volume is at rest: a program and its arguments. No shell reads it.',
  },
  after: {
    ...commandWords,
    description: 'Command, run once the backup has ended, however it has ended. It may run more than once.',
  },
  user: T.String({
    minLength: 1,
    maxLength: 255,
    description: "Name, `uid` or `uid:gid`; the container's own when not given.",
  }),
  timeoutSeconds: T.Integer({
    minimum: 1,
    maximum: 3600,
    description: 'Longest that a command may take; it is killed then, and has failed. 30 when not given.',
  }),
  onError: words(
    'HookOnError',
    ['fail', 'continue'],
    'What a hook that fails does to the backup; `fail` when not given.',
  ),
};

export const BackupHook = object(
  {
    container: nullable(hookFields.container),
    before: nullable(hookFields.before),
    after: nullable(hookFields.after),
    user: nullable(hookFields.user),
    timeoutSeconds: hookFields.timeoutSeconds,
    onError: hookFields.onError,
  },
  { $id: 'BackupHook', description: 'Commands that are run in containers around a backup.' },
);
export type BackupHook = Static<typeof BackupHook>;

export const NewBackupHook = T.Partial(object(hookFields), {
  additionalProperties: false,
  $id: 'NewBackupHook',
  description: 'Commands that are run in containers around a backup; one of `before` and `after` must be given.',
});
export type NewBackupHook = Static<typeof NewBackupHook>;

/** Hooks as they are asked for. */
export const NewBackupHooks = T.Array(NewBackupHook, {
  maxItems: 16,
  description:
    'Commands in containers, for `hook`, `pause` and `stop`. Never put a secret into them: they are shown. Containers may name their own as well, with the labels `stowage.hook.before` and `stowage.hook.after`.',
});
