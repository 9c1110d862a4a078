import type { JobHandler } from '../jobs/handler.ts';
import { backupHandler } from './backup-handler.ts';
import { copyHandler } from './copy-handler.ts';
import { deleteHandler } from './delete-handler.ts';
import { forgetHandler } from './forget-handler.ts';
import { groupBackupHandler, groupRestoreHandler } from './group-handlers.ts';
import { importArchiveHandler } from './import-archive-handler.ts';
import { restoreHandler, undeleteHandler } from './restore-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const backupHandlers = {
  volume_backup: backupHandler,
  volume_restore: restoreHandler,
  group_backup: groupBackupHandler,
  group_restore: groupRestoreHandler,
  volume_delete: deleteHandler,
  volume_undelete: undeleteHandler,
  snapshot_copy: copyHandler,
  snapshot_forget: forgetHandler,
  archive_import: importArchiveHandler,
} satisfies Record<string, JobHandler>;
