import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, findJob, recallJob } from '../jobs/read.ts';
import { command, type Target } from '../operation.ts';
import { requireWritable, resolveRepository } from '../repositories/read.ts';
import { ComposeProjectName, HostName, object, T, Uuid } from '../schema.ts';
import { volumeSnapshots } from '../snapshots/read.ts';
import { backupFields, backupInput } from './backup-wish.ts';
import { type ComposeGroup, findGroup, noGroup, requireGroup } from './group-volumes.ts';
import { requireAdmin } from './require-admin.ts';

const address = {
  host: HostName,
  composeProject: ComposeProjectName,
};

const groupTarget: Target<{ host: string; composeProject: string }> = {
  find: ({ ports }, { host, composeProject }) => findGroup(ports.db, host, composeProject),
  absent: ({ host, composeProject }) => noGroup(host, composeProject),
};

export const createGroupBackup = command('composeProjects.createBackup', {
  permission: 'operate',
  reach: groupTarget,
  summary: 'Back up all volumes of a Compose project as of one moment',
  description:
    'Its containers are at rest once, for all volumes together, and start again in the order of their dependencies. Volumes with the label `stowage.backup=off` and those of other projects are left out.',
  input: object({
    ...address,
    ...backupFields,
  }),
  output: Job,
  recall: recallJob,
  async run(context, { host, composeProject, consistency = 'stop', ...wish }) {
    const { project, volumes } = await requireGroup(context.ports.db, host, composeProject);
    requireOneProject(volumes, wish.hooks ?? []);
    const how = await backupInput(context, host, project, { ...wish, consistency });
    const members = volumes.map(({ name, project: own }) => ({ name, project: own }));
    const input = { ...how, composeProject, volumes: members };
    return await enqueueJob(context, { kind: 'group_backup', host, volume: null, project, input });
  },
});

/** Throws `invalid_input` for hooks of a group over several projects: a command runs only in containers of the project that is backed up. */
function requireOneProject(volumes: ComposeGroup['volumes'], hooks: readonly unknown[]): void {
  const projects = new Set(volumes.map(({ project }) => project ?? '(none)'));
  if (hooks.length === 0 || projects.size < 2) return;
  throw fail(
    'invalid_input',
    `The volumes belong to several projects (${[...projects].toSorted().join(', ')}), and a hook runs only in containers of the one that is backed up; leave the hooks out, or give the volumes one project.`,
  );
}

export const createGroupRestore = command('composeProjects.createRestore', {
  permission: 'operate',
  reach: groupTarget,
  summary: 'Set all volumes of a Compose project back to one of its backups',
  description:
    'In place (asks for the role admin): the containers that use the volumes are stopped once and started again in the order of their dependencies, what is there is kept in snapshots, and a restore that fails is undone in all volumes.',
  input: object({
    ...address,
    backup: T.String({ ...Uuid, description: 'Job that made the backup of the Compose project.' }),
    confirm: T.Optional(T.String({ description: 'Name of the Compose project, once more.' })),
  }),
  output: Job,
  recall: recallJob,
  async run(context, { host, composeProject, backup, confirm }) {
    if (confirm !== composeProject)
      throw fail(
        'confirmation_required',
        `The restore replaces what is in the volumes; repeat the name of the Compose project in \`confirm\`: "${composeProject}".`,
      );
    const group = await requireGroup(context.ports.db, host, composeProject);
    requireAdmin(context, group.project, 'restore in place');
    const snapshots = await snapshotsOf(context, host, backup);
    const absent = snapshots.filter(({ volume }) => !group.volumes.some(({ name }) => name === volume));
    if (absent.length > 0)
      throw fail(
        'volume_not_found',
        `These volumes of the backup are not of the Compose project any more: ${absent.map(({ volume }) => volume).join(', ')}; restore each of its snapshots into a new volume instead.`,
      );
    const dumps = snapshots.filter(({ dump }) => dump !== null);
    if (dumps.length > 0)
      throw fail(
        'snapshot_unsuitable',
        `Of ${dumps.map(({ volume }) => volume).join(', ')} the backup holds dumps: let each database read its own (restores of its container).`,
      );
    const [{ repositoryId }] = snapshots;
    // What is there is kept in the same repository first.
    requireWritable(await resolveRepository(context.ports.db, repositoryId));
    const projectOf = new Map(group.volumes.map(({ name, project }) => [name, project]));
    const volumes = snapshots.map(({ id: snapshot, volume: name }) => ({
      name,
      project: projectOf.get(name) ?? null,
      snapshot,
    }));
    const input = { composeProject, repositoryId, volumes };
    return await enqueueJob(context, { kind: 'group_restore', host, volume: null, project: group.project, input });
  },
});

/** The snapshots of a backup of the group that ended well, all of them. Throws `backup_not_found` and `snapshot_not_found`. */
async function snapshotsOf({ ports, scope }: AdmittedContext, host: string, id: string) {
  const job = await findJob(ports.db, id);
  const isGood = job?.kind === 'group_backup' && job.host === host && job.state === 'succeeded';
  const ids = (isGood ? (job.result?.backups ?? []) : []).map(({ snapshot }) => snapshot);
  const [first, ...others] = await volumeSnapshots(ports.db, scope, ids);
  if (first === undefined)
    throw fail(
      'backup_not_found',
      `"${id}" is no backup of this Compose project that ended well; name the job that made it.`,
    );
  if (others.length + 1 < ids.length)
    throw fail(
      'snapshot_not_found',
      'Some snapshots of the backup are not there any more; restore the others one by one.',
    );
  return [first, ...others] as const;
}
