export { anomalyOf, recentBackups } from './anomaly.ts';
export { catalogueOf, noteTagsOf, tagsOf } from './catalogue-of.ts';
export { copiesOf } from './copies.ts';
export { VolumeCopies } from './copies-model.ts';
export type { HeldContent } from './held-content.ts';
export { neededSnapshots, refuseHeld } from './needed.ts';
export {
  countAsFirstPass,
  findSnapshot,
  type NewSnapshot,
  newestConfiguration,
  newestGoodSnapshot,
  recordSnapshot,
  removeSnapshot,
  snapshotsOfImages,
  volumeSnapshots,
} from './store.ts';
export { syncSnapshots } from './sync.ts';
export { requireSnapshot, snapshotTarget } from './target.ts';
