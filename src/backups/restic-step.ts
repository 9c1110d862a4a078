import type { Engine } from '../engine/engine.ts';
import type { HelperMount } from '../engine/helper.ts';
import { fail } from '../errors.ts';
import type { LockRequest, RunningJob } from '../jobs/handler.ts';
import { dropPhantom, type HelperOutcome, prepareHelper, runHelper } from '../jobs/helper-run.ts';
import { whileAlone } from '../jobs/locks.ts';
import { markReady, type OpenRepository, suspectLock } from '../repositories/read.ts';
import { initCommand, unlockCommand } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import { type ResticMessage, readLine } from '../restic/output.ts';
import { repositoryAccess, resticHelper } from '../restic/repository-access.ts';

/** A run of restic in a helper, for a job. */
export interface ResticStep {
  readonly step: string;
  readonly command: readonly string[];
  readonly capabilities: readonly string[];
  readonly mounts: readonly HelperMount[];
  readonly onMessage: (message: ResticMessage) => void;
}

/** Jobs that may work on one repository at a time share its slots. */
export function repositoryLock(job: Pick<RunningJob, 'ports'>, repositoryId: string): LockRequest {
  return { resource: `repository/${repositoryId}`, slots: job.ports.config.repositoryJobs };
}

/** Creates the helper of a step, so that it (and its restart note) is there before anything is stopped. */
export async function prepareStep(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  step: ResticStep,
): Promise<void> {
  await requireRepositoryVolume(engine, repository);
  const spec = specOf(repository, step);
  await prepareHelper(engine, job, { step: step.step, spec });
  const gone = await dropPhantom(engine, job, { step: step.step, spec });
  if (gone !== null) throw volumeGone(engine.host, gone);
}

/** Runs restic to its end, or attaches to the helper that does. A helper that dies leaves the suspicion of a lock. */
export async function runRestic(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  step: ResticStep,
): Promise<HelperOutcome> {
  await prepareStep(engine, job, repository, step);
  const { secrets } = repositoryAccess(repository.location, repository.secret, true);
  try {
    const outcome = await runHelper(engine, job, {
      step: step.step,
      spec: specOf(repository, step),
      secrets,
      onLine: ({ text }) => {
        const message = readLine(text);
        if (message !== null) step.onMessage(message);
      },
    });
    if (outcome.exitCode >= 128) await suspectLock(job.ports.db, repository.id, true);
    return outcome;
  } catch (error) {
    if (job.signal.reason === 'canceled' || job.signal.reason === 'stalled')
      await suspectLock(job.ports.db, repository.id, true);
    throw error;
  }
}

function specOf(repository: OpenRepository, { command, capabilities, mounts }: ResticStep) {
  return resticHelper(repositoryAccess(repository.location, repository.secret, true), command, {
    capabilities,
    mounts,
  });
}

/** The failure for a volume that was there when the job was asked for. */
export function volumeGone(host: string, volume: string) {
  return fail('volume_not_found', `Volume "${volume}" is not on host "${host}" any more; nothing was done.`);
}

/** A repository in use whose volume is gone must not silently become a new, empty one. */
async function requireRepositoryVolume(engine: Engine, { location, name, ready }: OpenRepository): Promise<void> {
  if (location.kind !== 'volume' || (await engine.findVolume(location.volume)) !== null) return;
  if (ready)
    throw fail(
      'repository_missing',
      `The Docker volume "${location.volume}" of repository "${name}" is gone; restore it before the repository is used again.`,
    );
  await engine.createVolume({
    name: location.volume,
    driver: 'local',
    options: {},
    labels: { 'stowage.role': 'repository' },
  });
}

/** Makes the restic repository at its first use, and removes the locks of helpers that died. Gives it back ready. */
export async function readyRepository(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
): Promise<OpenRepository> {
  if (!repository.ready) await initialize(engine, job, repository);
  if (repository.lockSuspected) await removeStaleLocks(engine, job, repository);
  return { ...repository, ready: true };
}

async function initialize(engine: Engine, job: RunningJob, repository: OpenRepository): Promise<void> {
  await job.ports.locks.hold(`repository/${repository.id}/init`, async () => {
    const { exitCode, complaints } = await runRestic(engine, job, repository, quietStep('init', initCommand()));
    if (exitCode !== 0) throw exitFailure('init', exitCode, complaints);
    await markReady(job.ports.db, repository.id);
  });
}

async function removeStaleLocks(engine: Engine, job: RunningJob, repository: OpenRepository): Promise<void> {
  const alone = await whileAlone(job.ports.db, job.id, repositoryLock(job, repository.id), async () => {
    const { exitCode, complaints } = await runRestic(
      engine,
      job,
      { ...repository, ready: true },
      quietStep('unlock', unlockCommand()),
    );
    if (exitCode !== 0) throw exitFailure('unlock', exitCode, complaints);
    await suspectLock(job.ports.db, repository.id, false);
    await job.log('info', 'Removed the lock that a dead helper had left in the repository.');
  });
  if (!alone)
    await job.log('info', 'A dead helper may have left a lock; it stays until no other job uses the repository.');
}

function quietStep(step: string, command: readonly string[]): ResticStep {
  return { step, command, capabilities: [], mounts: [], onMessage: () => undefined };
}
