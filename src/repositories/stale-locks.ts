import { helperHostname } from '../engine/helper.ts';
import type { LockRequest, RunningJob } from '../jobs/handler.ts';
import type { HelperOutcome } from '../jobs/helper-run.ts';
import { whileAlone } from '../jobs/locks.ts';
import { unlockCommand } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import type { ResticLock } from '../restic/output.ts';
import type { OpenRepository } from './open-repository.ts';
import type { ResticStep } from './step.ts';
import { suspectLock } from './store.ts';

/**
 * Removes the locks that helpers of this installation have left when they died. restic cannot tell them from live ones,
 * for each helper is process 1; that no other job holds the repository tells. A lock of somebody else is named, and
 * stays until nobody has refreshed it for half an hour.
 */
export async function removeStaleLocks(
  job: RunningJob,
  { id, name }: Pick<OpenRepository, 'id' | 'name'>,
  ownLock: LockRequest,
  run: (step: ResticStep) => Promise<HelperOutcome>,
): Promise<void> {
  const hostname = helperHostname(job.ports.vault.installation);
  const isAlone = await whileAlone(job.ports.db, job.id, ownLock, async () => {
    const locks: ResticLock[] = [];
    const { exitCode, complaints } = await run({
      step: 'unlock',
      command: unlockCommand(hostname),
      capabilities: [],
      mounts: [],
      onMessage(message) {
        if (message.kind === 'lock') locks.push(message.lock);
      },
    });
    if (exitCode !== 0) throw exitFailure('unlock', exitCode, complaints);
    const foreign = locks.filter((lock) => lock.hostname !== hostname);
    for (const lock of foreign) await job.log('warn', `Repository "${name}" is locked by ${describe(lock)}.`);
    if (foreign.length > 0) return;
    await suspectLock(job.ports.db, id, false);
    if (locks.length > 0) await job.log('info', 'Removed the lock that a dead helper had left in the repository.');
  });
  if (!isAlone)
    await job.log('info', 'A dead helper may have left a lock; it stays until no other job uses the repository.');
}

function describe({ hostname, username = 'somebody', pid, time, exclusive }: ResticLock): string {
  return `${username} on "${hostname}" (process ${pid}, ${exclusive ? 'exclusively, ' : ''}since ${new Date(time).toISOString()})`;
}
