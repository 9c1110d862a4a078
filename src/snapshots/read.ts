export { findSnapshot, newestSnapshotsOf, recordSnapshot } from './store.ts';
