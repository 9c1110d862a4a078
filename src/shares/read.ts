import { type Failure, fail } from '../errors.ts';
import { sharedVolumeNames } from './store.ts';

export { consumersOf } from './consumers.ts';
export { findShareRow } from './store.ts';
export { shareTarget } from './targets.ts';
export { sharedVolumeNames };

/** The failure for a volume that is shared, and therefore stays. */
export function volumeShared(host: string, volume: string, share: string): Failure {
  return fail(
    'volume_shared',
    `Volume "${volume}" on host "${host}" is shared as "${share}"; stop sharing it first: DELETE /v1/shares/${share}?confirm=${share}.`,
  );
}
