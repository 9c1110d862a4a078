import type { JobHandler } from '../jobs/handler.ts';
import { drillHandler } from './drill-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const drillHandlers = { restore_drill: drillHandler } satisfies Record<string, JobHandler>;
