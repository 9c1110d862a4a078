import type { JobHandler } from '../jobs/handler.ts';
import { measureHandler } from './measure-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const spaceHandlers = { host_measure: measureHandler } satisfies Record<string, JobHandler>;
