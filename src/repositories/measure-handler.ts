import Value from 'typebox/value';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { statisticsCommand } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import type { FileSystemRoom, RawStatistics } from '../restic/output.ts';
import { mountedAt } from '../restic/repository-access.ts';
import { hostOf } from '../restic/repository-location.ts';
import type { RepositoryStatistics } from './model.ts';
import { openRepository } from './open-repository.ts';
import { allowedForAll, RepositoryJobInput } from './repository-job.ts';
import { repositoryLock, runRestic } from './restic-step.ts';
import { keepFacts } from './store.ts';

/** Counts what a repository holds, and the room around it. Takes no lock of restic. */
export const measureHandler: JobHandler = {
  locks: (job) => [repositoryLock(job, Value.Parse(RepositoryJobInput, job.input).repositoryId)],
  authorize: allowedForAll('operate'),
  run: measureRepository,
};

async function measureRepository(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const repository = await openRepository(job.ports, Value.Parse(RepositoryJobInput, job.input).repositoryId);
  const found: { statistics: RawStatistics | null; room: Room | null } = { statistics: null, room: null };
  const { exitCode, complaints } = await runRestic(job.ports.engines.get(job.host), job, repository, {
    step: 'measure',
    command: statisticsCommand(hostOf(repository.location) === null ? null : mountedAt),
    capabilities: [],
    mounts: [],
    reads: true,
    onMessage(message) {
      if (message.kind === 'statistics') found.statistics = message.statistics;
      if (message.kind === 'room') found.room = toRoom(message.room);
    },
  });
  if (exitCode !== 0) throw exitFailure('measure', exitCode, complaints);
  if (found.statistics === null)
    throw fail('helper_failed', 'restic ended without statistics; see the log of the job.');
  const seconds = (Date.now() - startedAt) / 1000;
  const statistics = { ...toStatistics(found.statistics, found.room), seconds };
  await keepFacts(job.ports.db, repository.id, { statistics });
  return { seconds, bytesStored: statistics.storedBytes };
}

interface Room {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

function toRoom({ block_bytes: size, blocks, available }: FileSystemRoom): Room {
  return { totalBytes: size * blocks, freeBytes: size * available };
}

function toStatistics(raw: RawStatistics, room: Room | null): Omit<RepositoryStatistics, 'seconds'> {
  return {
    measuredAt: new Date().toISOString(),
    snapshots: raw.snapshots_count,
    blobs: raw.total_blob_count ?? 0,
    storedBytes: raw.total_size,
    uncompressedBytes: raw.total_uncompressed_size ?? raw.total_size,
    compressionRatio: raw.compression_ratio ?? null,
    freeBytes: room?.freeBytes ?? null,
    totalBytes: room?.totalBytes ?? null,
  };
}
