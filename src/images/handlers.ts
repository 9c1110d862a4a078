import type { JobHandler } from '../jobs/handler.ts';
import { imageBackupHandler } from './backup-handler.ts';
import { imageRestoreHandler } from './restore-handler.ts';
import { scanHandler } from './scan-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const imageHandlers = {
  container_scan: scanHandler,
  image_backup: imageBackupHandler,
  image_restore: imageRestoreHandler,
} satisfies Record<string, JobHandler>;
