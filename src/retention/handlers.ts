import type { JobHandler } from '../jobs/handler.ts';
import { expireHandler } from './expire-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const retentionHandlers = { snapshots_expire: expireHandler } satisfies Record<string, JobHandler>;
