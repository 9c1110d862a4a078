export { anomalyOf, recentBackups } from './anomaly.ts';
export { catalogueOf, noteTagsOf, tagsOf } from './catalogue-of.ts';
export { copiesOf } from './copies.ts';
export { VolumeCopies } from './copies-model.ts';
export { neededSnapshots, refuseHeld } from './needed.ts';
export {
  countAsFirstPass,
  findSnapshot,
  newestGoodSnapshot,
  recordSnapshot,
  removeSnapshot,
  volumeSnapshots,
} from './store.ts';
export { syncSnapshots } from './sync.ts';
export { requireSnapshot, snapshotTarget } from './target.ts';
