import Value from 'typebox/value';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { pruneCommand } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import { openRepository } from './open-repository.ts';
import { allowedForAll, RepositoryJobInput } from './repository-job.ts';
import { requireRemoval } from './repository-reach.ts';
import { readyRepository, repositoryLock, runRestic } from './restic-step.ts';

/**
 * Removes what no snapshot of a repository needs any more. Alone: what it rewrites, a backup, a restore or a check would
 * stumble over; it waits for them, and they wait for it.
 */
export const pruneHandler: JobHandler = {
  locks: (job) => [{ ...repositoryLock(job, Value.Parse(RepositoryJobInput, job.input).repositoryId), alone: true }],
  authorize: allowedForAll('administer'),
  run: prune,
};

async function prune(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const opened = await openRepository(job.ports, Value.Parse(RepositoryJobInput, job.input).repositoryId);
  requireRemoval(opened);
  const engine = job.ports.engines.get(job.host);
  const repository = await readyRepository(engine, job, opened);
  const found = { bytes: 0 };
  let looks = 0;
  const { exitCode, complaints } = await runRestic(engine, job, repository, {
    step: 'prune',
    command: pruneCommand(),
    capabilities: [],
    mounts: [],
    onMessage(message) {
      if (message.kind === 'pruned') found.bytes = message.bytes;
      if (message.kind === 'pruning') report(job, message.percent, ++looks);
    },
  });
  if (exitCode !== 0) throw exitFailure('prune', exitCode, complaints);
  return { bytesFreed: found.bytes, seconds: (Date.now() - startedAt) / 1000 };
}

/** Each part of the work has percents of its own; that there is progress at all is what keeps the job alive. */
function report(job: RunningJob, percent: number, looks: number): void {
  const none = { bytesDone: 0, bytesTotal: 0, filesTotal: 0, bytesPerSecond: 0, secondsLeft: null };
  job.progress({ step: 'prune', percent, filesDone: looks, ...none });
}
