import type { VolumeFacts, VolumeProblem } from '../facts.ts';
import { type Breach, rule } from '../rule.ts';

export const deniedAccess = rule({
  id: 'SHR-101',
  subject: 'volume',
  title: 'A container may not use what it has mounted',
  severity: 'medium',
  why: 'The newest permission check of the volume found entries that a container which has it cannot list, read or write, as its mount promises. The program fails with "permission denied", often only when it comes to such an entry.',
  remedy:
    'Let the containers run as one user (`--user UID:GID`), or give the folder a group that all are in, with the setgid bit: `POST /v1/hosts/HOST/volumes/NAME/permission-repairs` plans that and changes nothing yet. Then check again: `POST /v1/hosts/HOST/volumes/NAME/permission-checks`.',
  check: (volume) => breachOf('permission_denied', volume),
});

export const lockConflict = rule({
  id: 'SHR-102',
  subject: 'volume',
  title: 'Containers wait for a lock on a file of a volume',
  severity: 'medium',
  why: 'A process of one container holds a lock that a process of another waits for. It goes on when the lock is let go, which may be never.',
  remedy:
    'Hold locks for the time of a write only, let one container write and the others mount read-only (`:ro`), or hand work over through a message queue instead of files.',
  check: (volume) => breachOf('lock_conflict', volume),
});

export const fullVolume = rule({
  id: 'SHR-103',
  subject: 'volume',
  title: 'The file system of a volume is nearly full',
  severity: 'high',
  why: 'Less than a twentieth of the bytes or inodes is left, as a container that has the volume sees it. Programs fail at the next write, and databases stop.',
  remedy:
    'Clean up (`POST /v1/hosts/HOST/prune-plans` shows what would go), rotate logs, or give the volume a larger file system.',
  check: (volume) => breachOf('disk_full', volume),
});

export const slowStorage = rule({
  id: 'SHR-104',
  subject: 'volume',
  title: 'The storage of a volume that is used in common is slow',
  severity: 'low',
  why: 'Tasks of the host waited for storage for a large part of the last minute (`/proc/pressure/io`). Whoever uses the volume waits too.',
  remedy:
    '`GET /v1/hosts/HOST/volumes/NAME/performance` tells who reads and writes most; limit them (`--device-write-bps`), move the volume to a faster disk, or keep what need not last in a tmpfs.',
  check: (volume) => breachOf('slow_storage', volume),
});

/** The first problem of a kind; of others the number. */
function breachOf(kind: VolumeProblem['problem'], { name, problems }: VolumeFacts): Breach | null {
  const found = problems.filter(({ problem }) => problem === kind);
  const [first] = found;
  if (first === undefined) return null;
  const others = found.length > 1 ? ` And ${found.length - 1} more.` : '';
  return { detail: `Volume ${name}: ${first.detail}${others}`, evidence: { problems: String(found.length) } };
}
