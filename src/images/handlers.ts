import type { JobHandler } from '../jobs/handler.ts';
import { scanHandler } from './scan-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const imageHandlers = {
  container_scan: scanHandler,
} satisfies Record<string, JobHandler>;
