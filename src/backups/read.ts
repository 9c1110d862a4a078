export { fillNewVolume } from './fill-new-volume.ts';
export { forgetInRepository } from './forget-handler.ts';
export { hookFrom, requireHooksFit } from './hook-wish.ts';
export { allowedFor, snapshotLock, volumeLock, volumeOf } from './job-rules.ts';
export { reportProgress } from './progress.ts';
export { requireAdmin } from './require-admin.ts';
export { restoreInto } from './restore-step.ts';
export { settleForgotten } from './settle-forgotten.ts';
