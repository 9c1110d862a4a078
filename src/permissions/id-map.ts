import type { IdRange, Subject } from './can-access.ts';
import type { ContainerUser } from './resolve-user.ts';

/** Ids of a user namespace from `inside` on are those of the host from `first` on. */
export interface MappedRange extends IdRange {
  readonly inside: number;
}

/** How an engine maps the users of containers to those of the host. */
export interface IdMap {
  readonly users: readonly MappedRange[];
  readonly groups: readonly MappedRange[];
}

/** Reads lines of /proc/<pid>/uid_map: first id inside, first id outside, how many. */
export function parseIdMap(text: string): MappedRange[] {
  return text.split('\n').flatMap((line) => {
    const [, inside, first, count] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(line) ?? [];
    return inside === undefined ? [] : [{ inside: Number(inside), first: Number(first), count: Number(count) }];
  });
}

/** An id of a namespace as the host sees it; null for one that is in no range. */
function outside(id: number, ranges: readonly MappedRange[]): number | null {
  const range = ranges.find(({ inside, count }) => id >= inside && id < inside + count);
  return range === undefined ? null : range.first + id - range.inside;
}

/**
 * The subject that a container's user is on the host. Gives a sentence's middle instead when its namespace does not hold the user:
 * then the container cannot start.
 */
export function subjectOf(
  user: ContainerUser,
  { capabilities, readOnly, map }: { capabilities: readonly string[]; readOnly: boolean; map: IdMap | null },
): Subject | string {
  const shared = { capabilities: new Set(capabilities), readOnly };
  if (map === null) return { ...shared, uid: user.uid, groups: new Set(user.groups), mapped: null };
  const uid = outside(user.uid, map.users);
  const groups = user.groups.map((gid) => outside(gid, map.groups));
  if (uid === null || groups.includes(null))
    return `the engine maps users, and has none for its user ${user.uid} with the groups ${user.groups.join(', ')}`;
  const known = groups.filter((gid) => gid !== null);
  return { ...shared, uid, groups: new Set(known), mapped: map };
}

/** How a subject is called in sentences: as its container calls it, and with its number on the host where that is another one. */
export function nameOfSubject({ uid: inside }: ContainerUser, { uid }: Subject): string {
  const name = inside === 0 ? 'root' : `user ${inside}`;
  return inside === uid ? name : `${name} (${uid} on the host)`;
}
