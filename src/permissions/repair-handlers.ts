import Value from 'typebox/value';
import { reaches, scopeOf } from '../access/roles.ts';
import { volumeLock } from '../backups/read.ts';
import { fail, isFailure } from '../errors.ts';
import { type JobHandler, type RunningJob, regardlessOfStop, stopReason } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { RepairInput } from './job-input.ts';
import { applyHelper, undoHelper } from './repair-helper.ts';
import type { RepairReader } from './repair-lines.ts';
import { claimUndo, findRepair, type KeptRepair, noteRecord, settleRepair } from './repair-store.ts';
import { runRepair } from './run-repair.ts';
import { makeRecord, recordVolume } from './undo-record.ts';

/** How long a repair can be undone. */
const undoDays = 7;
const mostUndoHelpers = 3;

const alone: Pick<JobHandler, 'locks' | 'authorize'> = {
  locks: ({ host, volume }) => [volumeLock(host, volume ?? '')],
  authorize(actor, { project, volume }) {
    if (!reaches(scopeOf(actor, 'administer'), project))
      throw fail(
        'forbidden',
        `${actor.subject} may not "administer" volume "${volume}" any more; the job was not started.`,
      );
  },
};

/** Applies a repair; another attempt goes on where the one before was ended, since what is as wished already is passed over. */
export const applyHandler: JobHandler = { ...alone, run: apply };

/** Undoes a repair; another attempt does it again from the start, which changes nothing that is back already. */
export const undoHandler: JobHandler = { ...alone, run: undo };

async function openRepair(job: RunningJob): Promise<KeptRepair> {
  const { repair: id } = Value.Parse(RepairInput, job.input);
  const repair = await findRepair(job.ports.db, id);
  if (repair === null) throw fail('permission_repair_not_found', `Repair ${id} is not kept any more.`);
  return repair;
}

async function apply(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { ports, host } = job;
  const repair = await openRepair(job);
  // A worker that died right at the end has left it so.
  if (repair.state === 'applied' && repair.job === job.id) return {};
  if (repair.state === 'undoing' && repair.undoJob === job.id) await takeBack(job, repair);
  if (repair.state !== 'applying')
    throw fail('permission_repair_applied', `Repair ${repair.id} is ${repair.state} by now; plan a new one.`);
  const engine = ports.engines.get(host);
  const { remapsUsers } = await engine.info();
  const record = await makeRecord(ports, engine, repair.id);
  await noteRecord(ports.db, repair.id, new Date(Date.now() + undoDays * 86_400_000));
  const { volume, request } = repair;
  const spec = applyHelper({ volume, record, request, plan: repair }, remapsUsers);
  const reader = await orTakeBack(job, repair, () => runRepair(engine, job, 'repair', spec));
  for (const path of reader.left)
    await job.log('warn', `"${path}" is the data of a database that the plan did not know; it was left as it is.`);
  requireDone(reader);
  await settleRepair(ports.db, repair.id, 'applied');
  return resultOf(reader, startedAt);
}

/** A repair that is canceled in the middle is taken back: half of it is what nobody asked for. */
async function orTakeBack(
  job: RunningJob,
  repair: KeptRepair,
  work: () => Promise<RepairReader>,
): Promise<RepairReader> {
  try {
    return await work();
  } catch (error) {
    if (stopReason(job.signal) !== 'canceled' || !(await claimUndo(job.ports.db, repair.id, job.id))) throw error;
    await takeBack(job, repair);
    throw error;
  }
}

/** Undoes what a canceled job has changed; a worker that takes it over does it again from the start. Throws what stops the job. */
async function takeBack(job: RunningJob, repair: KeptRepair): Promise<never> {
  await job.log('warn', 'The repair was canceled; owners and modes are set back to what they were.');
  await undoWhateverDies(regardlessOfStop(job), repair);
  await job.log('info', 'Owners and modes are as they were before the repair.');
  job.signal.throwIfAborted();
  throw fail('permission_repair_applied', `Repair ${repair.id} was canceled and is undone; plan a new one.`);
}

/** A canceled job has no other attempt: a helper that is killed is followed by another one. */
async function undoWhateverDies(job: RunningJob, repair: KeptRepair): Promise<void> {
  for (let number = 1; ; number += 1) {
    try {
      await undoAll(job, repair, number === 1 ? 'undo' : `undo-${number}`);
      return;
    } catch (error) {
      if (!isFailure(error, 'helper_interrupted') || number >= mostUndoHelpers) throw error;
    }
  }
}

async function undo(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const repair = await openRepair(job);
  if (repair.state === 'undone' && repair.undoJob === job.id) return {};
  if (repair.state !== 'undoing')
    throw fail('permission_repair_not_undoable', `Repair ${repair.id} is ${repair.state} by now.`);
  return resultOf(await undoAll(job, repair, 'undo'), startedAt);
}

async function undoAll(job: RunningJob, repair: KeptRepair, step: string): Promise<RepairReader> {
  const { ports, host } = job;
  const engine = ports.engines.get(host);
  const record = recordVolume(repair.id);
  if ((await engine.findVolume(record)) === null)
    throw fail(
      'permission_repair_not_undoable',
      `The record "${record}" of the repair is not on host "${host}" any more.`,
    );
  const { remapsUsers } = await engine.info();
  const reader = await runRepair(engine, job, step, undoHelper({ volume: repair.volume, record }, remapsUsers));
  requireDone(reader);
  await settleRepair(ports.db, repair.id, 'undone');
  return reader;
}

function requireDone({ counts, failures }: RepairReader): void {
  if (counts.failed > 0)
    throw fail(
      'permission_repair_incomplete',
      `${counts.failed} entries could not be changed: ${failures.join('; ')}. What was changed can be undone.`,
    );
}

function resultOf({ counts, left }: RepairReader, startedAt: number): JobResult {
  const skipped = [
    ...left.map((path) => `database/${path}: the plan did not know it`),
    ...(counts.foreign > 0 ? [`entries/${counts.foreign}: on another file system`] : []),
    ...(counts.deep > 0 ? [`folders/${counts.deep}: nested too deeply`] : []),
    ...(counts.replaced > 0 ? [`entries/${counts.replaced}: another one has their name by now`] : []),
  ];
  return {
    entries: counts.entries,
    entriesChanged: counts.changed,
    entriesVanished: counts.vanished,
    ...(skipped.length > 0 ? { skipped } : {}),
    seconds: (Date.now() - startedAt) / 1000,
  };
}
