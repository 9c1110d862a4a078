import type { JobHandler } from '../jobs/handler.ts';
import { databaseRestoreHandler } from './restore-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const databaseHandlers = { database_restore: databaseRestoreHandler } satisfies Record<string, JobHandler>;
