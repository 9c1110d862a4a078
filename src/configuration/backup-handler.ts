import Value from 'typebox/value';
import { type Actor, reaches, scopeOf } from '../access/roles.ts';
import { allowedFor, enqueueCopies, takeStream } from '../backups/read.ts';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { openRepository, readyRepository, repositoryLock, requireReach } from '../repositories/read.ts';
import { configurationFolder } from '../restic/snapshot-folders.ts';
import { newestConfiguration } from '../snapshots/read.ts';
import { readComposeFiles } from './compose-files.ts';
import { gather } from './gather.ts';
import { ConfigurationBackupInput } from './job-input.ts';
import { digestOf, filesOf, type SnapshotFiles, tarOf } from './snapshot-files.ts';

/** Keeps what a Compose project, or a host, is made from. Where nothing has changed nothing is written. */
export const configurationBackupHandler: JobHandler = {
  locks: (job) => [
    { resource: `configuration/${job.host}`, slots: 1 },
    repositoryLock(job, Value.Parse(ConfigurationBackupInput, job.input).repositoryId),
  ],
  authorize(actor, job) {
    const { composeProject, withFiles } = Value.Parse(ConfigurationBackupInput, job.input);
    allowedFor(composeProject === null ? 'administer' : 'operate')(actor, job);
    if (withFiles) requireAdminOfAll(actor);
  },
  run: backUp,
};

/** Labels can name any file of the host. */
function requireAdminOfAll(actor: Actor): void {
  if (!reaches(scopeOf(actor, 'administer'), null))
    throw fail('forbidden', `${actor.subject} may not have files of the host read any more; the job was not started.`);
}

async function backUp(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { composeProject, repositoryId, withFiles, copyTo = [] } = Value.Parse(ConfigurationBackupInput, job.input);
  const engine = job.ports.engines.get(job.host);
  const definitions = await gather(engine, { composeProject, project: job.project });
  const composeFiles = withFiles ? await readComposeFiles(engine, job, definitions.containers) : [];
  const files = filesOf({ ...definitions, composeFiles });
  const digest = digestOf(files);
  const newest = await newestConfiguration(job.ports.db, { repositoryId, host: job.host, composeProject });
  if (newest?.configuration?.digest === digest && newest.project === job.project) {
    const why = `snapshot ${newest.id.slice(0, 8)} says the same`;
    await job.log('info', `Nothing was written: ${why}.`);
    const what = composeProject === null ? `host/${job.host}` : `compose-project/${composeProject}`;
    return { snapshot: newest.id, files: files.size, bytesAdded: 0, skipped: [`${what}: ${why}`] };
  }
  const opened = await openRepository(job.ports, repositoryId);
  requireReach(opened, job.host);
  const repository = await readyRepository(engine, job, opened);
  const taken = await takeStream(engine, job, repository, {
    step: 'backup',
    as: { kind: 'folder', path: configurationFolder(job.host, composeProject) },
    volume: null,
    project: job.project,
    reason: 'backup',
    held: { configuration: { composeProject, digest } },
    open: async () => sourceOf(files),
  });
  const { id: snapshot, bytesRead, bytesAdded } = taken;
  const copyJobs = await enqueueCopies(
    job,
    { snapshot, sourceId: repositoryId, volume: null, project: job.project },
    copyTo,
  );
  const seconds = (Date.now() - startedAt) / 1000;
  return {
    snapshot,
    files: taken.files,
    bytesRead,
    bytesAdded,
    seconds,
    ...(copyJobs.length === 0 ? {} : { copyJobs }),
  };
}

/** All of it is in memory already. */
function sourceOf(files: SnapshotFiles) {
  return { output: tarOf(files), requireWhole: async () => undefined, letGo: async () => undefined };
}
