import type { ProjectScope } from '../access/roles.ts';
import type { Reader } from '../database/client.ts';
import { encodeCursor, type Keyset, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { following, matching, type VolumeFilter } from '../volumes/read.ts';
import { loadProtection } from './load.ts';
import type { ProtectionState, VolumeProtection } from './model.ts';

/** What the list can be narrowed by; all that are given must hold. The class is the one that the volume itself has. */
export interface ProtectionFilter extends Pick<VolumeFilter, 'host' | 'project' | 'class'> {
  readonly state?: ProtectionState;
}

/** How many volumes are judged in one go. */
const batch = 500;
const keyOf = ({ host, volume }: VolumeProtection): Keyset => [host, volume];

/**
 * The protection of volumes, by host and name. The state is judged, not stored: for a filter by it as many volumes are judged
 * as it takes to fill the page.
 */
export async function listProtection(
  db: Reader,
  scope: ProjectScope,
  { state, ...filter }: ProtectionFilter,
  limit: number,
  cursor?: string,
): Promise<Page<VolumeProtection>> {
  const found: VolumeProtection[] = [];
  let after = cursor;
  const size = state === undefined ? limit + 1 : batch;
  while (found.length <= limit) {
    const judged = await loadProtection(db, scope, [...matching(filter), ...following(after)], size);
    found.push(...judged.filter((one) => state === undefined || one.state === state));
    const last = judged.at(-1);
    if (last === undefined || judged.length < size) break;
    after = encodeCursor(keyOf(last));
  }
  return toPage(found, limit, keyOf, (one) => one);
}
