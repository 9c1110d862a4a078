import { edge, field, graphql, subscription } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';
import { anyJobChanges, jobChanges } from './watch-job.ts';

export const jobGraphql = graphql({
  Query: {
    jobs: field(operations.listJobs),
    job: field(operations.getJob, { nullable: true }),
    jobLog: field(operations.getJobLog),
  },
  Mutation: {
    cancelJob: field(operations.cancelJob),
    retryJob: field(operations.retryJob),
  },
  Subscription: {
    job: subscription(operations.getJob, jobChanges, { until: ({ finishedAt }) => finishedAt !== null }),
    jobs: subscription(operations.listJobs, anyJobChanges),
  },
  edges: {
    Volume: {
      newestJobs: edge('[Job!]!', operations.newestJobs, {
        arg: 'volumes',
        key: ({ host, name }: { host: string; name: string }) => `${host}/${name}`,
        back: ({ host, volume }) => `${host}/${volume}`,
      }),
    },
  },
});
