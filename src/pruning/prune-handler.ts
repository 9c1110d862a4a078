import Value from 'typebox/value';
import { reaches, scopeOf } from '../access/roles.ts';
import { volumeLock } from '../backups/read.ts';
import { fail, isFailure } from '../errors.ts';
import { ClaimLost, type JobHandler, type RunningJob, stopReason } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { repositoryLock } from '../repositories/read.ts';
import { advance, type Course, courseOf, type Outcome, resultOf } from './course.ts';
import { PruneInput } from './job-input.ts';
import { nameOf, type PlannedItem } from './judgement.ts';
import { lookAgain } from './look.ts';
import { firstOf } from './plan.ts';
import { isStillThere, removeItem } from './remove-item.ts';
import { findWholePlan } from './store.ts';
import { readWish, type Wish } from './wish.ts';

/** Carries out the plan of a clean-up: one at a time on a host, and alone with every volume that goes. */
export const pruneHandler: JobHandler = {
  locks(job) {
    const { volumes, repositoryId } = Value.Parse(PruneInput, job.input);
    return [
      { resource: `prune/${job.host}`, slots: 1 },
      ...volumes.map(({ name }) => volumeLock(job.host, name)),
      ...(repositoryId === null ? [] : [repositoryLock(job, repositoryId)]),
    ];
  },
  authorize(actor, { project }) {
    if (!reaches(scopeOf(actor, 'administer'), project))
      throw fail(
        'forbidden',
        `${actor.subject} may not "administer" ${project === null ? 'everything' : `project "${project}"`} any more; the job was not started.`,
      );
  },
  run: prune,
  achieved: async (job) => resultOf(courseOf(job), (await openPlan(job)).items),
};

/** What a job works with. */
interface Work {
  readonly job: RunningJob;
  readonly input: PruneInput;
  readonly wish: Wish;
  /** What goes. */
  readonly items: readonly PlannedItem[];
}

async function openPlan(job: RunningJob): Promise<Work> {
  const input = Value.Parse(PruneInput, job.input);
  const plan = await findWholePlan(job.ports.db, input.plan);
  if (plan === null)
    throw fail('prune_plan_not_found', `Plan ${input.plan} is not kept any more; make a new one and apply that.`);
  const items = plan.items.filter(({ action }) => action === 'remove');
  return { job, input, items, wish: readWish(plan.request, plan.createdAt) };
}

async function prune(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const work = await openPlan(job);
  const course = await carryOut(work, courseOf(job));
  const result = resultOf(course, work.items);
  const failures = course.skipped
    .filter(({ isFailure: failed }) => failed)
    .map(({ item, reason }) => `${called(work, item)}: ${reason}`);
  if (failures.length > 0)
    throw fail(
      'prune_incomplete',
      `${failures.length} of ${work.items.length} could not be removed: ${firstOf(failures)}`,
    );
  return { ...result, seconds: (Date.now() - startedAt) / 1000 };
}

function called({ items }: Work, index: number): string {
  const item = items[index];
  return item === undefined ? `#${index}` : nameOf(item);
}

/** Goes through the plan from where an earlier attempt, or a worker that died, has left it. */
async function carryOut(work: Work, start: Course): Promise<Course> {
  const { job, items } = work;
  let course = start;
  try {
    for (const item of items.slice(start.next)) {
      job.signal.throwIfAborted();
      const outcome = await settle(work, course, item);
      if (!outcome.removed) await job.log('warn', `${nameOf(item)} stays: ${outcome.reason}`);
      course = advance(course, outcome);
      report(work, course);
    }
    await job.remember({ course });
    return course;
  } catch (error) {
    // An item whose removal had begun must stay marked so: the next attempt finds out what became of it.
    const isOurs = !(error instanceof ClaimLost) && stopReason(job.signal) !== 'lost';
    if (isOurs && courseOf(job).next < course.next) await job.remember({ course });
    throw error;
  }
}

/** Looks at an item once more and removes it, or leaves it for what has changed since the plan was made. */
async function settle(work: Work, course: Course, item: PlannedItem): Promise<Outcome> {
  const { job, input } = work;
  const engine = job.ports.engines.get(job.host);
  const before = await reasonToStay(work, item);
  if (before === 'gone') return course.begun ? { removed: true, bytes: item.bytes ?? 0 } : left('It is gone already.');
  if (before !== null) return left(before);
  await job.remember({ course: { ...course, begun: true } });
  try {
    const bytes = await removeItem(engine, job, input, item);
    return (await isStillThere(engine, item))
      ? left('The engine keeps it, since something depends on it.')
      : { removed: true, bytes };
  } catch (error) {
    if (!isFailure(error) || error.retryable || job.signal.aborted) throw error;
    if (error.code === 'volume_in_use') return left(error.message);
    const after = await reasonToStay(work, item);
    if (after !== null) return left(after === 'gone' ? 'It is gone already.' : after);
    return { removed: false, reason: error.message, isFailure: true };
  }
}

function left(reason: string): Outcome {
  return { removed: false, reason, isFailure: false };
}

/** Why an item stays by now; null when all is as it was planned. */
async function reasonToStay({ job, wish }: Work, item: PlannedItem): Promise<string | null> {
  const now = await lookAgain(job.ports, job.host, wish, item);
  if (now === null) return 'gone';
  if (now.action === 'keep') return now.reasons.join(' ');
  return now.premise === item.premise ? null : 'It is not what it was when the plan was made.';
}

function report({ job, items }: Work, { next, bytesFreed }: Course): void {
  const bytesTotal = items.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
  job.progress({
    step: 'prune',
    percent: items.length === 0 ? 100 : Math.round((next / items.length) * 1000) / 10,
    bytesDone: bytesFreed,
    bytesTotal: Math.max(bytesTotal, bytesFreed),
    filesDone: next,
    filesTotal: items.length,
    bytesPerSecond: 0,
    secondsLeft: null,
  });
}
