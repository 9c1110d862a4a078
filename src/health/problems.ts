import type { HealthPermissions, HealthProblem, VolumeHealth } from './model.ts';

/** Below this share of the room, of bytes or inodes, a volume counts as full. */
const leastFree = 0.05;
/** Percent of a minute in which tasks wait for storage, from which on it counts as slow. */
const mostSome = 40;
const mostFull = 10;

/** What of the tutorial's troubles of shared data there is, with what to do. */
export function problemsOf({
  host,
  volume,
  locks,
  space,
  ioPressure,
  permissions,
}: Pick<VolumeHealth, 'host' | 'volume' | 'locks' | 'space' | 'ioPressure' | 'permissions'>): HealthProblem[] {
  const address = `/v1/hosts/${host}/volumes/${volume}`;
  return [
    ...denied(permissions, address),
    ...conflicts(locks),
    ...(space === null ? [] : full(space, host)),
    ...(ioPressure === null ? [] : slow(ioPressure)),
  ];
}

function denied(permissions: HealthPermissions | null, address: string): HealthProblem[] {
  const remedy = `Let the containers run as one user (\`--user UID:GID\`), or give the folder a group that all are in, with the setgid bit; GET /v1/permission-checks/${permissions?.check} names the entries. After a change: POST ${address}/permission-checks.`;
  return (permissions?.denied ?? []).map(({ container, action, entries, sentence }) => ({
    problem: 'permission_denied',
    detail: `Container "${container}" may not ${action} ${entries} ${entries === 1 ? 'entry' : 'entries'}: ${sentence}`,
    remedy,
  }));
}

function conflicts(locks: VolumeHealth['locks']): HealthProblem[] {
  return locks
    .filter(({ isWaiting }) => isWaiting)
    .map(({ container, path, access }) => {
      const holders = locks.filter((lock) => lock.path === path && !lock.isWaiting);
      const names = [...new Set(holders.map((lock) => `"${lock.container}"`))];
      return {
        problem: 'lock_conflict',
        detail: `Container "${container}" waits for a ${access.toLowerCase()} lock on "${path}", held by ${names.join(', ') || 'a process that is no container of the volume'}.`,
        remedy:
          'Hold locks for the time of a write only, let one container write and the others mount read-only (`:ro`), or hand work over through a message queue instead of files.',
      };
    });
}

function full(
  { totalBytes, availableBytes, totalInodes, freeInodes }: NonNullable<VolumeHealth['space']>,
  host: string,
): HealthProblem[] {
  const remedy = `Clean up (POST /v1/hosts/${host}/prune-plans shows what would go), rotate logs, or give the volume a larger file system.`;
  const few = (free: number, total: number) => total > 0 && free < total * leastFree;
  return [
    ...(few(availableBytes, totalBytes) ? [`${availableBytes} of ${totalBytes} bytes are left.`] : []),
    ...(few(freeInodes, totalInodes) ? [`${freeInodes} of ${totalInodes} inodes are left.`] : []),
  ].map((detail) => ({ problem: 'disk_full', detail, remedy }));
}

function slow({ some60, full60 }: NonNullable<VolumeHealth['ioPressure']>): HealthProblem[] {
  if (some60 < mostSome && full60 < mostFull) return [];
  return [
    {
      problem: 'slow_storage',
      detail: `In the last minute some tasks of the host waited for storage ${some60} % of the time, all of them ${full60} %.`,
      remedy:
        'GET /v1/hosts/HOST/volumes/NAME/performance tells who reads and writes most; limit them (`--device-write-bps`), move the volume to a faster disk, or keep what need not last in a tmpfs.',
    },
  ];
}
