import Value from 'typebox/value';
import { reaches, scopeOf } from '../access/roles.ts';
import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { command, query, type Target } from '../operation.ts';
import { HostName, object, paging, T, Uuid } from '../schema.ts';
import { Job, JobKind, JobLogPage, JobPage, JobState } from './model.ts';
import { enqueueJob, recallJob } from './read.ts';
import * as store from './store.ts';

const address = { job: Uuid };
const WithHooks = T.Object({ hooks: T.Array(T.Unknown()) });

const jobTarget: Target<{ job: string }> = {
  find: ({ ports }, { job }) => store.projectOfJob(ports.db, job),
  absent: ({ job }) => fail('job_not_found', `There is no job "${job}".`),
};

async function found({ ports }: AdmittedContext, id: string): Promise<Job> {
  const job = await store.findJob(ports.db, id);
  if (job === null) throw jobTarget.absent({ job: id });
  return job;
}

export const listJobs = query('jobs.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List jobs, newest first',
  input: object({
    host: T.Optional(HostName),
    volume: T.Optional(T.String({ maxLength: 255 })),
    kind: T.Optional(JobKind),
    state: T.Optional(JobState),
    ...paging,
  }),
  output: JobPage,
  run: ({ ports, scope }, { limit = 50, cursor, ...filter }) => store.listJobs(ports.db, scope, filter, limit, cursor),
});

export const getJob = query('jobs.get', {
  permission: 'read',
  reach: jobTarget,
  summary: 'Read a job',
  input: object(address),
  output: Job,
  run: (context, { job }) => found(context, job),
});

export const getJobLog = query('jobs.log', {
  permission: 'read',
  reach: jobTarget,
  summary: 'Read the log of a job, oldest line first',
  input: object({ ...address, ...paging }),
  output: JobLogPage,
  run: ({ ports }, { job, limit = 50, cursor }) => store.listLog(ports.db, job, limit, cursor),
});

export const cancelJob = command('jobs.cancel', {
  permission: 'operate',
  reach: jobTarget,
  summary: 'Cancel a job',
  description:
    'A queued job is canceled at once; a running one ends in good order: what it has begun is undone, and containers that it stopped run again.',
  input: object(address),
  output: Job,
  async run(context, { job: id }) {
    const { ports } = context;
    const before = await found(context, id);
    if (before.finishedAt !== null)
      throw fail('job_finished', `Job ${id} has ${before.state} already; nothing is left to cancel.`);
    await store.requestCancel(ports.db, id);
    await ports.notices.publish({ topic: 'cancel', id });
    await ports.notices.publish({ topic: 'job', id });
    return await found(context, id);
  },
});

export const retryJob = command('jobs.retry', {
  permission: 'operate',
  reach: jobTarget,
  summary: 'Ask again for a job that failed or was canceled',
  description:
    'Makes a new job with the same input. It runs with the rights of the caller; one with hooks asks for the role admin.',
  input: object(address),
  output: Job,
  recall: recallJob,
  async run(context, { job: id }) {
    const { ports, actor } = context;
    const before = await store.findJobRow(ports.db, id);
    if (before === null) throw jobTarget.absent({ job: id });
    if (before.state !== 'failed' && before.state !== 'canceled')
      throw fail(
        before.state === 'succeeded' ? 'job_finished' : 'job_not_finished',
        `Job ${id} is ${before.state}; only failed and canceled jobs are retried.`,
      );
    const { kind, host, volume, project } = await found(context, id);
    if (!reaches(scopeOf(actor, 'operate'), project)) throw jobTarget.absent({ job: id });
    // As whoever asks for such a backup: its commands run in containers.
    if (hasHooks(before.input) && !reaches(scopeOf(actor, 'administer'), project))
      throw fail(
        'forbidden',
        `Job ${id} runs commands in containers; to retry it asks for the role admin on ${project === null ? 'everything' : `project "${project}"`}.`,
      );
    return await enqueueJob(context, { kind, host, volume, project, input: Object(before.input), retryOf: id });
  },
});

function hasHooks(input: unknown): boolean {
  return Value.Check(WithHooks, input) && input.hooks.length > 0;
}

export const newestJobs = query('jobs.ofVolumes', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'Batch for Volume.newestJobs',
  input: object({ volumes: T.Array(T.String(), { maxItems: 1000, description: '`host/name`' }) }),
  output: T.Array(Job),
  run: ({ ports, scope }, { volumes }) => store.newestJobsOf(ports.db, scope, volumes, 5),
});
