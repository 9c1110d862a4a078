import Value from 'typebox/value';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { snapshotsCommand } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import type { ListedSnapshot } from '../restic/output.ts';
import { catalogueOf, syncSnapshots } from '../snapshots/read.ts';
import { type OpenRepository, openRepository } from './open-repository.ts';
import { recognise } from './recognise.ts';
import { allowedForAll, RepositoryJobInput } from './repository-job.ts';
import { repositoryLock, runRestic } from './restic-step.ts';
import { keepFacts } from './store.ts';

/** Makes the catalogue agree with the snapshots that a repository has. Changes nothing in the repository, not even a lock. */
export const importHandler: JobHandler = {
  locks: (job) => [repositoryLock(job, Value.Parse(RepositoryJobInput, job.input).repositoryId)],
  authorize: allowedForAll('administer'),
  run: importRepository,
};

async function importRepository(job: RunningJob): Promise<JobResult> {
  const startedAt = new Date();
  const { db } = job.ports;
  const repository = await openRepository(job.ports, Value.Parse(RepositoryJobInput, job.input).repositoryId);
  const { resticId, snapshots } = await listSnapshots(job, repository);
  await recognise(db, repository, resticId);
  const { added, removed } = await syncSnapshots(db, repository.id, catalogueOf(snapshots), startedAt);
  await keepFacts(db, repository.id, { importedAt: startedAt });
  return {
    snapshotsFound: snapshots.length,
    snapshotsAdded: added,
    snapshotsRemoved: removed,
    seconds: (Date.now() - startedAt.getTime()) / 1000,
  };
}

async function listSnapshots(job: RunningJob, repository: OpenRepository) {
  const snapshots: ListedSnapshot[] = [];
  const found: { resticId: string | null; count: number | null } = { resticId: null, count: null };
  const { exitCode, complaints } = await runRestic(job.ports.engines.get(job.host), job, repository, {
    step: 'import',
    command: snapshotsCommand(),
    capabilities: [],
    mounts: [],
    reads: true,
    onMessage(message) {
      if (message.kind === 'config') found.resticId = message.config.id;
      if (message.kind === 'snapshot') snapshots.push(message.snapshot);
      if (message.kind === 'count') found.count = message.snapshots;
    },
  });
  if (exitCode !== 0) throw exitFailure('import', exitCode, complaints);
  // A list that is not whole would take good snapshots out of the catalogue.
  if (found.resticId === null || found.count !== snapshots.length)
    throw fail(
      'helper_failed',
      `Of ${found.count ?? 'an unknown number of'} snapshots ${snapshots.length} could be read; the catalogue was left as it is.`,
    );
  return { resticId: found.resticId, snapshots };
}
