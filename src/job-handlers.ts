import { backupHandlers } from './backups/handlers.ts';
import { configurationHandlers } from './configuration/handlers.ts';
import { databaseHandlers } from './databases/handlers.ts';
import { directoryHandlers } from './directories/handlers.ts';
import { drillHandlers } from './drills/handlers.ts';
import { healthHandlers } from './health/handlers.ts';
import { imageHandlers } from './images/handlers.ts';
import type { JobHandlers } from './jobs/handler.ts';
import { permissionHandlers } from './permissions/handlers.ts';
import { pruningHandlers } from './pruning/handlers.ts';
import { repositoryHandlers } from './repositories/handlers.ts';
import { retentionHandlers } from './retention/handlers.ts';
import { shareHandlers } from './shares/handlers.ts';
import { spaceHandlers } from './space/handlers.ts';

/** What the workers do for each kind of job. A new domain is added here. */
export const jobHandlers: JobHandlers = {
  ...backupHandlers,
  ...configurationHandlers,
  ...databaseHandlers,
  ...drillHandlers,
  ...imageHandlers,
  ...directoryHandlers,
  ...permissionHandlers,
  ...pruningHandlers,
  ...repositoryHandlers,
  ...retentionHandlers,
  ...spaceHandlers,
  ...shareHandlers,
  ...healthHandlers,
};
