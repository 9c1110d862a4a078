import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command, query, type Target } from '../operation.ts';
import { HostName, object, paging, T, Uuid } from '../schema.ts';
import { VolumeName } from '../volumes/model.ts';
import { findVolume, volumeTarget } from '../volumes/read.ts';
import { consumersOf } from './consumers.ts';
import { readMode } from './mode-operations.ts';
import { PermissionRepair, PermissionRepairPage, type RepairRequest, repairWishes } from './repair-model.ts';
import { premiseOf } from './repair-premise.ts';
import * as store from './repair-store.ts';

const address = { host: HostName, name: VolumeName };
const confirm = T.Optional(T.String({ description: 'Name of the volume, once more.' }));

const repairTarget: Target<{ repair: string }> = {
  find: ({ ports }, { repair }) => store.findRepair(ports.db, repair),
  absent: ({ repair }) => repairNotFound(repair),
};

export const createRepair = command('permissionRepairs.create', {
  permission: 'operate',
  reach: volumeTarget,
  summary: 'Plan a change of owners and modes in a volume',
  description:
    'Nothing is changed: a helper counts what would be, the root of the volume included, and says why it would break a database, whose data it knows by its files and by the images of the containers that have the volume. The plan has the id of the job and can be applied for an hour.',
  input: object({ ...address, ...repairWishes }),
  output: Job,
  recall: recallJob,
  async run(context, { host, name, ...request }) {
    requireWish(request);
    const volume = await findVolume(context.ports.db, host, name);
    if (volume === null) throw volumeTarget.absent({ host, name });
    const { project } = volume;
    return await enqueueJob(context, { kind: 'permission_plan', host, volume: name, project, input: { request } });
  },
});

export const listRepairs = query('permissionRepairs.list', {
  permission: 'read',
  reach: volumeTarget,
  summary: 'List the permission repairs of a volume, newest first',
  input: object({ ...address, ...paging }),
  output: PermissionRepairPage,
  run: ({ ports }, { host, name, limit = 50, cursor }) =>
    store.listRepairs(ports.db, { host, volume: name }, limit, cursor),
});

export const getRepair = query('permissionRepairs.get', {
  permission: 'read',
  reach: repairTarget,
  summary: 'Read a permission repair: its plan, and what has become of it',
  input: object({ repair: Uuid }),
  output: PermissionRepair,
  run: (context, { repair }) => requireRepair(context, repair),
});

export const applyRepair = command('permissionRepairs.apply', {
  permission: 'administer',
  reach: repairTarget,
  summary: 'Change owners and modes as planned',
  description:
    'Once, within an hour, and only while the volume, its root and the containers that have it are as they were. Before an entry is changed, how it was is written to a record on the host, from which `undo` brings each entry back for a week.',
  input: object({ repair: Uuid, confirm }),
  output: Job,
  recall: recallJob,
  async run(context, { repair: id, confirm: name }) {
    const repair = await requireRepair(context, id);
    requireConfirmed(repair.volume, name);
    await requireApplicable(context, repair);
    const { host, volume, project } = repair;
    const request = { kind: 'permission_repair' as const, host, volume, project, input: { repair: id } };
    return await enqueueJob(context, request, async (transaction) => {
      if (!(await store.claimApply(transaction, id, context.onceId))) throw applied(repair);
    });
  },
});

export const undoRepair = command('permissionRepairs.undo', {
  permission: 'administer',
  reach: repairTarget,
  summary: 'Bring back owners, modes and ACLs as they were before a repair',
  description:
    'Each entry that the repair has changed gets back exactly what it had, also when the repair was ended in the middle. An entry that is another one by now is left.',
  input: object({ repair: Uuid, confirm }),
  output: Job,
  recall: recallJob,
  async run(context, { repair: id, confirm: name }) {
    const repair = await requireRepair(context, id);
    requireConfirmed(repair.volume, name);
    const alive = [repair.job, repair.undoJob].map((job) => store.isJobAlive(context.ports.db, job));
    if ((await Promise.all(alive)).includes(true))
      throw fail('volume_has_job', `A job of repair ${id} works yet; wait for it or cancel it.`);
    const { host, volume, project } = repair;
    const request = { kind: 'permission_undo' as const, host, volume, project, input: { repair: id } };
    return await enqueueJob(context, request, async (transaction) => {
      if (!(await store.claimUndo(transaction, id, context.onceId)))
        throw fail(
          'permission_repair_not_undoable',
          repair.state === 'planned'
            ? `Repair ${id} was not applied, so there is nothing to undo.`
            : `Repair ${id} is ${repair.state}, and there is no record of it.`,
        );
    });
  },
});

/** Throws `invalid_input` for a wish that says nothing, or that cannot be read. */
function requireWish({ owner, group, folderMode, fileMode, writers = [], exclude = [] }: RepairRequest): void {
  if (folderMode !== undefined) readMode('folderMode', folderMode, 'folders');
  if (fileMode !== undefined) readMode('fileMode', fileMode, 'files');
  for (const [index, { user, group: of }] of writers.entries())
    if ((user === undefined) === (of === undefined))
      throw invalid(`/writers/${index}`, 'takes either `user` or `group`');
  for (const [index, path] of exclude.entries()) {
    const odd = path.split('/').find((part) => part === '' || part === '.' || part === '..');
    if (odd !== undefined || !path.isWellFormed())
      throw invalid(
        `/exclude/${index}`,
        'must be a path from the root of the volume, without empty parts, "." and ".."',
      );
  }
  if ([owner, group, folderMode, fileMode].every((wish) => wish === undefined) && writers.length === 0)
    throw fail('invalid_input', 'Give at least one of owner, group, folderMode, fileMode and writers.');
}

function invalid(path: string, message: string) {
  return fail('invalid_input', { detail: `${path}: ${message}.`, errors: [{ path, rule: 'wish', message }] });
}

function requireConfirmed(volume: string, name: string | undefined): void {
  if (name !== volume)
    throw fail('confirmation_required', `Repeat the name of the volume in \`confirm\`: "${volume}".`);
}

/** Throws `permission_repair_refused`, `permission_repair_applied` and `permission_plan_outdated`. */
async function requireApplicable({ ports }: AdmittedContext, repair: store.KeptRepair): Promise<void> {
  const { id, host, volume: name, refusals, state, expiresAt } = repair;
  if (state !== 'planned') throw applied(repair);
  if (refusals.length > 0)
    throw fail('permission_repair_refused', `${refusals[0]} Leave it out with \`exclude\`, or plan what fits it.`);
  if (new Date(expiresAt) < new Date())
    throw fail('permission_plan_outdated', `Repair ${id} could be applied until ${expiresAt}; plan a new one.`);
  const engine = ports.engines.get(host);
  const volume = await engine.findVolume(name);
  if (volume === null) throw volumeTarget.absent({ host, name });
  if (premiseOf(volume, await consumersOf(engine, volume)) !== repair.premise)
    throw fail(
      'permission_plan_outdated',
      `Volume "${name}", or the containers that have it, are not what they were when repair ${id} was planned; plan a new one.`,
    );
}

async function requireRepair({ ports }: AdmittedContext, id: string): Promise<store.KeptRepair> {
  const repair = await store.findRepair(ports.db, id);
  if (repair === null) throw repairNotFound(id);
  return repair;
}

function repairNotFound(id: string) {
  return fail(
    'permission_repair_not_found',
    `There is no permission repair "${id}"; it is there when the job that plans it has ended well.`,
  );
}

function applied({ id, state }: { readonly id: string; readonly state: string }) {
  return fail('permission_repair_applied', `Repair ${id} is ${state}, not planned; plan a new one.`);
}
