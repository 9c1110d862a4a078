import type { JobHandler } from '../jobs/handler.ts';
import { enforceHandler, letGoHandler } from './enforce-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const shareHandlers = { share_enforce: enforceHandler, share_let_go: letGoHandler } satisfies Record<
  string,
  JobHandler
>;
