import { fail } from '../errors.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command, query, type Target } from '../operation.ts';
import { HostName, object, paging, T, Uuid } from '../schema.ts';
import { VolumeName } from '../volumes/model.ts';
import { findVolume, volumeTarget } from '../volumes/read.ts';
import type { CheckInput } from './job-input.ts';
import { extent, PermissionCheck, PermissionCheckPage, PermissionSubjectInput } from './model.ts';
import * as store from './store.ts';

const address = { host: HostName, name: VolumeName };

const checkTarget: Target<{ check: string }> = {
  find: ({ ports }, { check }) => store.findCheck(ports.db, check),
  absent: ({ check }) => checkNotFound(check),
};

export const createCheck = command('permissionChecks.create', {
  permission: 'operate',
  reach: volumeTarget,
  summary: 'Check who may do what in a volume',
  description:
    'For every container that has the volume, in any state: whom it runs as, and what this user may list, read, write, create and delete in it, against owner, mode and ACL of each entry and of the folders above it. A helper looks from outside, so it works for images without a shell. `subjects` asks about others besides. The result has the id of the job.',
  input: object({
    ...address,
    ...extent,
    subjects: T.Optional(
      T.Array(PermissionSubjectInput, { maxItems: 20, description: 'Whom to ask about besides the containers.' }),
    ),
  }),
  output: Job,
  recall: recallJob,
  async run(context, { host, name, depth = null, entries = 1_000_000, subjects = [] }) {
    const volume = await findVolume(context.ports.db, host, name);
    if (volume === null) throw volumeTarget.absent({ host, name });
    const input: CheckInput = { depth, entries, subjects };
    return await enqueueJob(context, { kind: 'permission_check', host, volume: name, project: volume.project, input });
  },
});

export const listChecks = query('permissionChecks.list', {
  permission: 'read',
  reach: volumeTarget,
  summary: 'List the permission checks of a volume, newest first',
  description: 'The last ten are kept.',
  input: object({ ...address, ...paging }),
  output: PermissionCheckPage,
  run: ({ ports, scope }, { host, name, limit = 50, cursor }) =>
    store.listChecks(ports.db, { host, volume: name }, scope, limit, cursor),
});

export const getCheck = query('permissionChecks.get', {
  permission: 'read',
  reach: checkTarget,
  summary: 'Read a permission check',
  input: object({ check: Uuid }),
  output: PermissionCheck,
  async run({ ports, scope }, { check }) {
    const found = await store.findCheck(ports.db, check, scope);
    if (found === null) throw checkNotFound(check);
    return found;
  },
});

function checkNotFound(check: string) {
  return fail(
    'permission_check_not_found',
    `There is no permission check "${check}"; it is there when its job has ended well.`,
  );
}
