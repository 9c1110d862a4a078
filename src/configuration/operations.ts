import { reaches, scopeOf } from '../access/roles.ts';
import { repositoryField, requireAdmin } from '../backups/read.ts';
import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { requireHost } from '../hosts/read.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command, type Target } from '../operation.ts';
import { requireReach, resolveRepository, usableRepository } from '../repositories/read.ts';
import { ComposeProjectName, HostName, object, T } from '../schema.ts';
import { SnapshotId } from '../snapshots/model.ts';
import { requireSnapshot, snapshotTarget } from '../snapshots/read.ts';
import { configurationRequest, findComposeProject } from './read.ts';

const ContainerName = T.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$' });

const composeTarget: Target<{ host: string; composeProject: string }> = {
  find: ({ ports }, { host, composeProject }) => findComposeProject(ports.db, host, composeProject),
  absent: ({ host, composeProject }) =>
    fail(
      'compose_project_not_found',
      `No container on host "${host}" belongs to the Compose project "${composeProject}".`,
    ),
};

export const backUpProject = command('configuration.backUpProject', {
  permission: 'operate',
  reach: composeTarget,
  summary: 'Keep what a Compose project is made from',
  description:
    'Definitions of its containers, networks and volumes as files in a snapshot; for an admin of everything its Compose files too, since a label can name any file of the host. They may hold secrets, such as passwords in an environment. Nothing is written while nothing has changed.',
  input: object({
    host: HostName,
    composeProject: ComposeProjectName,
    repository: repositoryField,
  }),
  output: Job,
  recall: recallJob,
  async run(context, { host, composeProject, repository }) {
    const found = await findComposeProject(context.ports.db, host, composeProject);
    if (found === null) throw composeTarget.absent({ host, composeProject });
    return await enqueueBackup(context, host, repository, { composeProject, project: found.project });
  },
});

export const backUpHost = command('configuration.backUpHost', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Keep what everything on a host is made from',
  description:
    'Definitions of all containers (without helpers of Stowage), networks and volumes, and Compose files, as files in a snapshot. Nothing is written while nothing has changed.',
  input: object({ host: HostName, repository: repositoryField }),
  output: Job,
  recall: recallJob,
  async run(context, { host, repository }) {
    await requireHost(context.ports.db, host);
    return await enqueueBackup(context, host, repository, { composeProject: null, project: null });
  },
});

export const restoreConfiguration = command('configuration.restore', {
  permission: 'operate',
  reach: snapshotTarget,
  summary: 'Make containers, networks and volumes again',
  description:
    'As a snapshot of definitions says (of all of a host: asks for the role admin on everything). All of it or nothing: a name that is taken refuses it before anything is made, and what was made is removed again when it fails or is canceled. Volumes that are there are used as they are; those that are made are empty, their data is a restore of its own. Images that are not there come from their snapshots in the same repository.',
  input: object({
    host: HostName,
    snapshot: SnapshotId,
    containers: T.Optional(
      T.Array(ContainerName, { minItems: 1, maxItems: 500, description: 'Only these, and what they need.' }),
    ),
    start: T.Optional(
      T.Boolean({ default: true, description: 'Whether those that ran when they were kept are started.' }),
    ),
  }),
  output: Job,
  recall: recallJob,
  async run(context, { host, snapshot: id, containers, start = true }) {
    const { db } = context.ports;
    await requireHost(db, host);
    const snapshot = await requireSnapshot(context, id);
    const { configuration, project, repositoryId } = snapshot;
    if (configuration === null)
      throw fail('snapshot_unsuitable', `Snapshot ${snapshot.id.slice(0, 8)} holds no definitions.`);
    const isOfHost = configuration.composeProject === null;
    if (isOfHost) requireAdmin(context, null, 'restore what a whole host is made from');
    requireReach(await resolveRepository(db, repositoryId), host);
    const wish = { isOfHost, start, ...(containers === undefined ? {} : { containers }) };
    const input = { snapshot: snapshot.id, repositoryId, ...wish };
    return await enqueueJob(context, { kind: 'configuration_restore', host, volume: null, project, input });
  },
});

async function enqueueBackup(
  context: AdmittedContext,
  host: string,
  repository: string | undefined,
  { composeProject, project }: { composeProject: string | null; project: string | null },
) {
  const { id: repositoryId } = await usableRepository(context.ports.db, host, repository);
  const withFiles = reaches(scopeOf(context.actor, 'administer'), null);
  return await enqueueJob(context, configurationRequest(host, { composeProject, project, repositoryId, withFiles }));
}
