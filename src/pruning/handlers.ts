import type { JobHandler } from '../jobs/handler.ts';
import { pruneHandler } from './prune-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const pruningHandlers = { host_prune: pruneHandler } satisfies Record<string, JobHandler>;
