import { accepted, route, stream } from '../server/rest-binding.ts';
import * as operations from './operations.ts';
import { jobChanges } from './watch-job.ts';

export const jobRoutes = [
  route(operations.listJobs, 'GET', '/v1/jobs'),
  route(operations.getJob, 'GET', '/v1/jobs/:job'),
  route(operations.getJobLog, 'GET', '/v1/jobs/:job/log'),
  stream(operations.getJob, '/v1/jobs/:job/events', jobChanges, { until: ({ finishedAt }) => finishedAt !== null }),
  route(operations.cancelJob, 'POST', '/v1/jobs/:job/cancel', accepted),
  route(operations.retryJob, 'POST', '/v1/jobs/:job/retry', accepted),
];
