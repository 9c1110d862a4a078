import Value from 'typebox/value';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { checkCommand } from '../restic/check-command.ts';
import { exitFailure } from '../restic/exit.ts';
import { object, T } from '../schema.ts';
import { type CheckedPart, CheckRecord, nextPart, withPart } from './check-record.ts';
import { type OpenRepository, openRepository } from './open-repository.ts';
import { allowedForAll } from './repository-job.ts';
import { repositoryLock, runRestic } from './restic-step.ts';
import { findChecks, keepFacts } from './store.ts';

export const CheckInput = object({ repositoryId: T.String(), parts: T.Integer() });

const damagedExit = 1;
const problemsKept = 20;
/** What restic says of the way out stands in the documentation. */
const isAdvice = /^(The repository |restic repair |Damaged pack files )/;

/** Reads the next part of the data of a repository, and all of its structure. */
export const checkHandler: JobHandler = {
  locks: (job) => [
    repositoryLock(job, Value.Parse(CheckInput, job.input).repositoryId),
    { resource: `repository-check/${Value.Parse(CheckInput, job.input).repositoryId}`, slots: 1 },
  ],
  authorize: allowedForAll('operate'),
  run: checkRepository,
};

async function checkRepository(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { repositoryId, parts } = Value.Parse(CheckInput, job.input);
  const { db, notices } = job.ports;
  const repository = await openRepository(job.ports, repositoryId);
  const stored = await findChecks(db, repositoryId);
  const record = Value.Check(CheckRecord, stored) ? stored : null;
  // The part is the job's own: an attempt after a crash attaches to the helper that reads it.
  const remembered = job.memory['part'];
  const part = typeof remembered === 'number' ? remembered : nextPart(record, parts);
  await job.remember({ part });
  const found = await read(job, repository, part, parts);
  const seconds = (Date.now() - startedAt) / 1000;
  await keepFacts(db, repositoryId, {
    checks: withPart(record, { host: job.host, parts, part, seconds }, found),
  });
  for (const host of job.ports.engines.names()) await notices.publish({ topic: 'inventory', id: host });
  for (const problem of found.problems) await job.log('error', problem);
  if (found.problems.length > 0) throw damaged(repository.name, found);
  return { seconds };
}

async function read(job: RunningJob, repository: OpenRepository, part: number, parts: number): Promise<CheckedPart> {
  const [problems, damagedSnapshots, damagedFiles]: [string[], string[], string[]] = [[], [], []];
  const summary: { errors: number | null } = { errors: null };
  const { exitCode, complaints } = await runRestic(job.ports.engines.get(job.host), job, repository, {
    step: 'check',
    command: checkCommand(part, parts),
    capabilities: [],
    mounts: [],
    reads: true,
    onMessage(message) {
      if (message.kind === 'check') summary.errors = message.errors;
      if (message.kind === 'complaint' && !isAdvice.test(message.message)) problems.push(message.message);
      if (message.kind === 'damaged_snapshot') damagedSnapshots.push(message.snapshot);
      if (message.kind === 'damaged_file') damagedFiles.push(`${message.snapshot.slice(0, 8)}:${message.path}`);
    },
  });
  const isJudged = exitCode === 0 || (exitCode === damagedExit && (summary.errors ?? 0) > 0);
  if (!isJudged) throw exitFailure('check', exitCode, complaints);
  const told = exitCode === 0 ? [] : problems.slice(0, problemsKept);
  const known = exitCode !== 0 && told.length === 0 ? [`restic found ${summary.errors} errors.`] : told;
  return { at: new Date().toISOString(), problems: known, damagedSnapshots, damagedFiles };
}

function damaged(name: string, { problems, damagedSnapshots }: CheckedPart) {
  const concerned = damagedSnapshots.map((id) => id.slice(0, 8)).join(', ');
  const whom = concerned === '' ? '' : ` Concerned are the snapshots ${concerned}.`;
  return fail(
    'repository_damaged',
    `Repository "${name}" is damaged: ${problems[0] ?? ''}${problems.length > 1 ? ` And ${problems.length - 1} more.` : ''}${whom} Back up their volumes again while they are there; then see docs/recovery.md.`,
  );
}
