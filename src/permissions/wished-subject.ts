import type { Subject } from './can-access.ts';
import { effectiveCapabilities } from './capabilities.ts';
import type { PermissionSubjectInput } from './model.ts';
import type { ContainerUser } from './resolve-user.ts';

/** Somebody who was described in a request, in the numbers of the host. */
export function subjectAskedFor({ user, groups = [], capabilities, readOnly = false }: PermissionSubjectInput): {
  user: ContainerUser;
  subject: Subject;
} {
  const [uid = 0, gid = 0] = user.split(':').map(Number);
  const all = [...new Set([gid, ...groups])];
  const inEffect = capabilities ?? effectiveCapabilities({ privileged: false, add: [], drop: [] }, uid);
  return {
    user: { uid, gid, groups: all },
    subject: { uid, groups: new Set(all), capabilities: new Set<string>(inEffect), readOnly, mapped: null },
  };
}
