import type { Engine } from '../engine/engine.ts';
import type { EngineContainer } from '../engine/engine-objects.ts';
import { fail, isFailure, messageOf } from '../errors.ts';
import { carryOutRestart, pauseNoted, stopNoted } from '../jobs/carry-out-restart.ts';
import { ClaimLost, type RunningJob } from '../jobs/handler.ts';
import { isLeftToOthers, ownAmong } from '../jobs/read.ts';
import { isStarted, type RestartNote, writeRestartNote } from '../jobs/restart-note.ts';
import { pause } from '../pause.ts';
import type { Hooks } from './hooks.ts';

/** Longest that another job is waited for; the next attempt waits again. */
const othersSeconds = 300;

/** How containers are brought to rest, and which. */
export interface Rest {
  /** `hook`: the commands alone do it. */
  readonly by: 'stop' | 'pause' | 'hook';
  /** All that may have to do with it, in any state, as the engine says now. */
  containers(): Promise<EngineContainer[]>;
  readonly hooks?: Hooks;
  /** Makes what the work needs, before anything is brought to rest; helpers that are made here carry the note. */
  prepare(): Promise<void>;
}

/** What was done while containers were at rest. */
export interface Rested<Result> {
  readonly result: Result;
  /** Names of those that were stopped or paused. */
  readonly containers: readonly string[];
  /** From the first stop to the last start. */
  readonly outageSeconds: number;
}

/**
 * Works while containers are at rest. Which they are is written down first, on the job and on its helpers; they are as they were
 * afterwards, whatever happens: a worker that takes the job over goes on from the note. Throws what the work throws,
 * `containers_not_restarted`, `hook_failed`, and `containers_at_rest` when another job does not let go of them.
 */
export async function whileAtRest<Result>(
  engine: Engine,
  job: RunningJob,
  rest: Rest,
  work: () => Promise<Result>,
): Promise<Rested<Result>> {
  const note = await writeDown(job, rest);
  let result: Result;
  let begunAt: number;
  try {
    begunAt = await bringToRest(engine, job, rest, note);
    result = await work();
  } catch (error) {
    if (isLeftToOthers(job, error)) throw error;
    // Should what follows fail as well, this is the first cause.
    await job.log('warn', messageOf(error));
    await letGoOn(engine, job, note);
    throw error;
  }
  const [fatal] = (await letGoOn(engine, job, note)).filter(({ isFatal }) => isFatal);
  if (fatal !== undefined) throw fail('hook_failed', `The backup itself is kept; after it: ${fatal.text}`);
  const containers = note.containers.map(({ name }) => name);
  const isOutage = containers.length > 0 || (note.hooks ?? []).length > 0;
  return { result, containers, outageSeconds: isOutage ? (Date.now() - begunAt) / 1000 : 0 };
}

/** Throws `consistency_lost` when one of these runs. */
export function requireNoneRuns(containers: readonly EngineContainer[]): void {
  const running = containers.filter((one) => isStarted(one) && one.state !== 'paused');
  if (running.length === 0) return;
  throw fail(
    'consistency_lost',
    `While the volume was to be at rest, ${running.map(({ name }) => name).join(', ')} ran and may have written to it.`,
  );
}

/**
 * What a dead worker of this attempt has noted is kept: it knew what ran. Where another job has one of the containers at rest
 * it is waited for: what runs then is what ran before both.
 */
async function writeDown(job: RunningJob, rest: Rest): Promise<RestartNote> {
  if (job.restartNote !== null) return job.restartNote;
  const giveUpAt = Date.now() + othersSeconds * 1000;
  for (;;) {
    try {
      return await writeOnce(job, rest);
    } catch (error) {
      if (!isFailure(error, 'containers_at_rest') || Date.now() > giveUpAt) throw error;
      await pause(1000, job.signal);
      job.signal.throwIfAborted();
    }
  }
}

/** What another job lets go on right now may have started since it was asked for, so it is asked again once the note is there. */
async function writeOnce(job: RunningJob, { by, containers, hooks }: Rest): Promise<RestartNote> {
  for (;;) {
    const candidates = by === 'hook' ? [] : await containers();
    const own = await ownAmong(job.ports.db, job.host, candidates);
    if (own.length > 0)
      throw fail(
        'own_container',
        `${own.map(({ name }) => name).join(', ')} belongs to Stowage itself, which cannot be at rest while it works; choose "live", or a dump of its database.`,
      );
    const found = candidates.filter(({ state }) => by === 'stop' || state !== 'paused');
    const note = { ...writeRestartNote(found), hooks: [...(hooks?.after ?? [])] };
    await job.noteRestart(
      note,
      candidates.map(({ id }) => id),
    );
    const noted = new Set(candidates.filter(isStarted).map(({ id }) => id));
    const isSame = by === 'hook' || (await containers()).every((one) => !isStarted(one) || noted.has(one.id));
    if (isSame) return note;
  }
}

/** Gives the time at which it began. */
async function bringToRest(
  engine: Engine,
  job: RunningJob,
  { by, hooks, prepare }: Rest,
  note: RestartNote,
): Promise<number> {
  job.signal.throwIfAborted();
  const key = `restedAt-${job.attempt}`;
  const remembered = job.memory[key];
  if (typeof remembered !== 'number') await prepare();
  const begunAt = typeof remembered === 'number' ? remembered : Date.now();
  await job.remember({ [key]: begunAt });
  await hooks?.runBefore();
  if (note.containers.length > 0)
    await job.log(
      'info',
      `${by === 'stop' ? 'Stopping' : 'Pausing'} ${note.containers.map(({ name }) => name).join(', ')}.`,
    );
  await (by === 'pause' ? pauseNoted(engine, note) : stopNoted(engine, note));
  return begunAt;
}

/** All run as before, and what hooks began is ended; gives what went wrong with that. Throws `containers_not_restarted`, and ClaimLost. */
async function letGoOn(engine: Engine, job: RunningJob, note: RestartNote) {
  // Whoever has lost the job touches no container: its successor may need them at rest. A database that is away holds nobody up.
  await job.remember({}).catch((error: unknown) => {
    if (error instanceof ClaimLost) throw error;
  });
  const { started, left, failure, complaints } = await job.unhurried(() => carryOutRestart(engine, note));
  for (const { text } of complaints) await job.log('error', `After the backup: ${text}`);
  await job.noteRestart(left);
  if (started.length > 0) await job.log('info', `Running again: ${started.join(', ')}.`);
  if (failure !== null) throw failure;
  return complaints;
}
