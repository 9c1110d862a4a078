import { hostUserOf } from '../hosts/read.ts';
import type { ContainerFacts, HostFacts } from './facts.ts';

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

/** The user of the container as the host sees it; null for one with a name, and while too little is known of the host. */
export function hostUser(container: Pick<ContainerFacts, 'user' | 'usernsMode'>, host: HostFacts) {
  return hostUserOf(container, host.idOffsets);
}
