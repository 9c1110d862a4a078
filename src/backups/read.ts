export { fillNewVolume } from './fill-new-volume.ts';
export { allowedFor, snapshotLock, volumeLock, volumeOf } from './job-rules.ts';
export { restoreInto } from './restore-step.ts';
