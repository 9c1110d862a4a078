import type { ProjectScope } from '../access/roles.ts';
import { Prisma, type Reader } from '../database/client.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { DataClass } from '../volumes/model.ts';
import { loadProtection } from './load.ts';
import type { ProtectionState, VolumeProtection } from './model.ts';

/** What the list can be narrowed by; all that are given must hold. */
export interface ProtectionFilter {
  readonly host?: string;
  readonly project?: string;
  /** The one that the volume itself has. */
  readonly class?: DataClass;
  readonly state?: ProtectionState;
}

/** How many volumes are judged in one go. */
const batch = 500;
type Key = readonly [host: string, volume: string];
const keyOf = ({ host, volume }: VolumeProtection): Key => [host, volume];

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
  let after = cursor === undefined ? null : keyFrom(cursor);
  const size = state === undefined ? limit + 1 : batch;
  while (found.length <= limit) {
    const judged = await loadProtection(db, scope, conditionsOf(scope, filter, after), size);
    found.push(...judged.filter((one) => state === undefined || one.state === state));
    const last = judged.at(-1);
    if (last === undefined || judged.length < size) break;
    after = keyOf(last);
  }
  return toPage(found, limit, keyOf, (one) => one);
}

function keyFrom(cursor: string): Key {
  const [host = '', volume = ''] = decodeCursor(cursor, 2);
  return [host, volume];
}

function conditionsOf(
  scope: ProjectScope,
  { host, project, class: dataClass }: ProtectionFilter,
  after: Key | null,
): Prisma.Sql[] {
  return [
    scope === 'all' ? Prisma.sql`true` : Prisma.sql`v.project = any(${[...scope]}::text[])`,
    ...(host === undefined ? [] : [Prisma.sql`v.host = ${host}`]),
    ...(project === undefined ? [] : [Prisma.sql`v.project = ${project}`]),
    ...(dataClass === undefined ? [] : [Prisma.sql`v.class = ${dataClass}`]),
    ...(after === null ? [] : [Prisma.sql`(v.host, v.name) > (${Prisma.join([...after])})`]),
  ];
}
