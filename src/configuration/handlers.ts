import type { JobHandler } from '../jobs/handler.ts';
import { configurationBackupHandler } from './backup-handler.ts';
import { configurationRestoreHandler } from './restore-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const configurationHandlers = {
  configuration_backup: configurationBackupHandler,
  configuration_restore: configurationRestoreHandler,
} satisfies Record<string, JobHandler>;
