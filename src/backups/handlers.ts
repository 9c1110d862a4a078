import type { JobHandlers } from '../jobs/handler.ts';
import { backupHandler } from './backup-handler.ts';
import { deleteHandler } from './delete-handler.ts';
import { restoreHandler, undeleteHandler } from './restore-handler.ts';

/** What the workers do for each kind of job. */
export const jobHandlers: JobHandlers = {
  volume_backup: backupHandler,
  volume_restore: restoreHandler,
  volume_delete: deleteHandler,
  volume_undelete: undeleteHandler,
};
