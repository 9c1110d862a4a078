import type { JobHandler } from '../jobs/handler.ts';
import { checkHandler } from './check-handler.ts';
import { planHandler } from './plan-handler.ts';
import { applyHandler, undoHandler } from './repair-handlers.ts';

/** What the workers do for the kinds of job of this domain. */
export const permissionHandlers = {
  permission_check: checkHandler,
  permission_plan: planHandler,
  permission_repair: applyHandler,
  permission_undo: undoHandler,
} satisfies Record<string, JobHandler>;
