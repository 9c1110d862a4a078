import type { ContainerFacts, HostFacts } from './facts.ts';

/** A container's user as the host sees it; a `gid` of null: the image knows the group of this user, we do not. */
export interface NumericUser {
  readonly uid: number;
  readonly gid: number | null;
}

/** Whether it is root inside: named so, or nobody named. */
export function isRoot({ user }: Pick<ContainerFacts, 'user'>): boolean {
  const [name = ''] = user.split(':');
  return name === '' || name === 'root' || /^0+$/.test(name);
}

/** Whether users of the container are the same users on the host; null when that is not known. */
export function sharesUsers(
  { usernsMode }: Pick<ContainerFacts, 'usernsMode'>,
  { remapsUsers }: HostFacts,
): boolean | null {
  if (usernsMode === 'host') return true;
  return remapsUsers === null ? null : !remapsUsers;
}

/** Null for a user with a name, which only the image can tell the number of. */
export function numericUser({ user }: Pick<ContainerFacts, 'user'>): NumericUser | null {
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(user) ?? [];
  return uid === undefined ? null : { uid: Number(uid), gid: gid === undefined ? null : Number(gid) };
}
