import type { Engine } from '../engine/engine.ts';
import type { HelperSecrets } from '../engine/helper.ts';
import { fail } from '../errors.ts';
import { endsJob, type LockRequest, type RunningJob } from '../jobs/handler.ts';
import { dropPhantom, type HelperOutcome, prepareHelper, runHelper } from '../jobs/helper-run.ts';
import { initCommand } from '../restic/commands.ts';
import { exitFailure, isHopeless } from '../restic/exit.ts';
import { readLine } from '../restic/output.ts';
import {
  copyAccess,
  type RepositoryAccess,
  repositoryAccess,
  resticHelper,
  withOtherPassword,
} from '../restic/repository-access.ts';
import type { OpenRepository } from './open-repository.ts';
import { requireWritable } from './repository-reach.ts';
import { removeStaleLocks } from './stale-locks.ts';
import type { ResticStep } from './step.ts';
import { markReady, suspectLock } from './store.ts';

/** restic's exit code when somebody else's lock is in the way: the next attempt looks whose it is. */
const lockedExit = 11;

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
  await requireRepositoryVolume(engine, repository, step.reads === true);
  if (step.source !== undefined) await requireRepositoryVolume(engine, step.source, true);
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
  const secrets = secretsOf(repository, step);
  try {
    const outcome = await runHelper(engine, job, {
      step: step.step,
      spec: specOf(repository, step),
      secrets,
      onLine: ({ text, at }) => {
        const message = readLine(text);
        if (message !== null) step.onMessage(message, at);
      },
      // restic tries for a quarter of an hour what a server has refused for good.
      isHopeless: ({ stream, text }) => stream === 'stderr' && isHopeless(text),
    });
    const mayBeLocked = outcome.exitCode >= 128 || outcome.exitCode === lockedExit;
    if (mayBeLocked && step.reads !== true) await suspectLock(job.ports.db, repository.id, true);
    return outcome;
  } catch (error) {
    if (endsJob(job.signal)) await suspectLock(job.ports.db, repository.id, true);
    throw error;
  }
}

function specOf(repository: OpenRepository, step: ResticStep) {
  const { command, capabilities, mounts, scratch } = step;
  const spec = resticHelper(accessOf(repository, step), command, { capabilities, mounts });
  return scratch === undefined ? spec : { ...spec, scratch };
}

function secretsOf(repository: OpenRepository, step: ResticStep): HelperSecrets {
  const { secrets } = accessOf(repository, step);
  return step.otherPassword === undefined ? secrets : withOtherPassword(secrets, step.otherPassword);
}

function accessOf(repository: OpenRepository, { source, reads = false }: ResticStep): RepositoryAccess {
  return source === undefined ? repositoryAccess(repository, !reads) : copyAccess(repository, source);
}

/** The failure for a volume that was there when the job was asked for. */
export function volumeGone(host: string, volume: string) {
  return fail('volume_not_found', `Volume "${volume}" is not on host "${host}" any more; nothing was done.`);
}

/** A repository in use whose volume is gone must not silently become a new, empty one; nor does reading make one. */
async function requireRepositoryVolume(
  engine: Engine,
  { location, name, ready }: OpenRepository,
  reads: boolean,
): Promise<void> {
  if (location.kind !== 'volume' || (await engine.findVolume(location.volume)) !== null) return;
  if (ready || reads)
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

/**
 * Makes the restic repository at its first use, and removes the locks of helpers that died. Gives it back ready. With a
 * `source` a new repository cuts files as that one does, so that what both hold is stored once. Throws
 * `repository_read_only`, and `repository_exists` when it is known under another name.
 */
export async function readyRepository(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  source?: OpenRepository,
): Promise<OpenRepository> {
  requireWritable(repository);
  if (!repository.ready) await initialize(engine, job, repository, source);
  if (repository.lockSuspected) {
    const lock = repositoryLock(job, repository.id);
    await removeStaleLocks(job, repository, lock, (step) =>
      runRestic(engine, job, { ...repository, ready: true }, step),
    );
  }
  return { ...repository, ready: true };
}

async function initialize(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  source: OpenRepository | undefined,
): Promise<void> {
  await job.ports.locks.hold(`repository/${repository.id}/init`, async () => {
    const found: { id: string | null } = { id: null };
    const step: ResticStep = {
      step: 'init',
      command: initCommand(source !== undefined),
      capabilities: [],
      mounts: [],
      onMessage(message) {
        if (message.kind === 'config') found.id = message.config.id;
      },
      ...(source === undefined ? {} : { source }),
    };
    const { exitCode, complaints } = await runRestic(engine, job, repository, step);
    if (exitCode !== 0) throw exitFailure('init', exitCode, complaints);
    if (found.id === null)
      throw fail('helper_failed', 'restic ended without naming the repository; see the log of the job.');
    await markReady(job.ports.db, repository.id, found.id);
  });
}
