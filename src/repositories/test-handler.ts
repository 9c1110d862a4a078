import Value from 'typebox/value';
import { isFailure } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { testCommand } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import { requireSupported } from '../restic/version.ts';
import type { RepositoryTest } from './model.ts';
import { type OpenRepository, openRepository } from './open-repository.ts';
import { recognise } from './recognise.ts';
import { allowedForAll, RepositoryJobInput } from './repository-job.ts';
import { repositoryLock, runRestic } from './restic-step.ts';
import type { ResticStep } from './step.ts';
import { keepFacts } from './store.ts';

const noRepositoryExit = 10;

/** Reaches a repository, opens it with its password, and writes to it unless it is only read. */
export const testHandler: JobHandler = {
  locks: (job) => [repositoryLock(job, Value.Parse(RepositoryJobInput, job.input).repositoryId)],
  authorize: allowedForAll('administer'),
  run: testRepository,
};

type Outcome = Pick<RepositoryTest, 'hasRepository' | 'formatVersion' | 'resticVersion' | 'openSeconds'>;

const nothing: Outcome = { hasRepository: false, formatVersion: null, resticVersion: null, openSeconds: null };

async function testRepository(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const repository = await openRepository(job.ports, Value.Parse(RepositoryJobInput, job.input).repositoryId);
  const about = { testedAt: new Date().toISOString(), host: job.host };
  try {
    const outcome = await tryOut(job, repository);
    const test = { ...about, ok: true, code: null, detail: null, ...outcome };
    await keepFacts(job.ports.db, repository.id, { test });
    return { seconds: (Date.now() - startedAt) / 1000, openSeconds: outcome.openSeconds ?? 0 };
  } catch (error) {
    // What is none of the repository's faults is no result of the test.
    if (isFailure(error) && error.kind === 'upstream') {
      const { code, message: detail } = error;
      await keepFacts(job.ports.db, repository.id, { test: { ...about, ok: false, code, detail, ...nothing } });
    }
    throw error;
  }
}

async function tryOut(job: RunningJob, repository: OpenRepository): Promise<Outcome> {
  const found = { version: '', openedAt: 0, startedAt: 0, id: '', format: 0 };
  const step: ResticStep = {
    step: 'test',
    command: testCommand(repository.readOnly),
    capabilities: [],
    mounts: [],
    reads: repository.readOnly,
    onMessage(message, at) {
      if (message.kind === 'version') Object.assign(found, { version: message.version, startedAt: at.getTime() });
      if (message.kind === 'config')
        Object.assign(found, { id: message.config.id, format: message.config.version, openedAt: at.getTime() });
    },
  };
  const { exitCode, complaints } = await runRestic(job.ports.engines.get(job.host), job, repository, step);
  if (found.version !== '') requireSupported(found.version);
  const resticVersion = found.version === '' ? null : found.version;
  if (exitCode === noRepositoryExit && !repository.ready) return { ...nothing, resticVersion };
  if (exitCode !== 0) throw exitFailure('test', exitCode, complaints);
  await recognise(job.ports.db, repository, found.id);
  const openSeconds = (found.openedAt - found.startedAt) / 1000;
  return { hasRepository: true, formatVersion: found.format, resticVersion, openSeconds };
}
