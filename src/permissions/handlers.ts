import type { JobHandler } from '../jobs/handler.ts';
import { checkHandler } from './check-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const permissionHandlers = { permission_check: checkHandler } satisfies Record<string, JobHandler>;
