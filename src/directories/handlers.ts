import type { JobHandler } from '../jobs/handler.ts';
import { createDirectoriesHandler } from './create-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const directoryHandlers = { directories_create: createDirectoriesHandler } satisfies Record<string, JobHandler>;
