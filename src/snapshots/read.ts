export { findSnapshot, recordSnapshot } from './store.ts';
