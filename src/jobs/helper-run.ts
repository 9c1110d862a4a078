import { addAbortSignal, type Readable } from 'node:stream';
import type { Ports } from '../context.ts';
import type { Engine } from '../engine/engine.ts';
import { type HelperLine, type HelperSecrets, type HelperSpec, helperLabels, phantomLabel } from '../engine/helper.ts';
import { fail } from '../errors.ts';
import { endsJob, type RunningJob } from './handler.ts';

/** One run of a helper on behalf of a job. */
export interface HelperStep {
  /** Unique within the job; part of the helper's name. */
  readonly step: string;
  readonly spec: Omit<HelperSpec, 'name' | 'labels'>;
  readonly secrets: HelperSecrets | null;
  readonly onLine: (line: HelperLine) => void;
  /** Whether a line tells that nothing will come of it, so that the helper is ended at once. */
  readonly isHopeless?: (line: HelperLine) => boolean;
}

/** How a helper ended. */
export interface HelperOutcome {
  readonly exitCode: number;
  /** Newest lines of its standard error. */
  readonly complaints: readonly string[];
}

const complaintsKept = 50;

/** The helper's name is the fence between workers: Docker gives a name to one container only. */
export function helperName(job: Pick<RunningJob, 'id' | 'attempt'>, step: string): string {
  return `stowage-${job.id}-${job.attempt}-${step}`;
}

/** Creates the helper of a step without starting it; keeps the one that a dead worker of this attempt made. */
export async function prepareHelper(
  engine: Engine,
  job: RunningJob,
  { step, spec }: Pick<HelperStep, 'step' | 'spec'>,
): Promise<string> {
  const name = helperName(job, step);
  const existing = await engine.findHelper(name);
  if (existing !== null) return existing.id;
  const note = job.restartNote === null ? {} : { [helperLabels.restartNote]: JSON.stringify(job.restartNote) };
  const labels = {
    [helperLabels.job]: job.id,
    [helperLabels.attempt]: String(job.attempt),
    [helperLabels.step]: step,
    ...note,
  };
  await job.noteHelper(name);
  const { id } = await engine.createHelper({ ...spec, name, labels });
  return id;
}

/**
 * As {@link prepareHelper}, for a step whose output is data for {@link Engine.streamHelper}. What a worker before began has no
 * reader any more, so it is removed.
 */
export async function prepareStreamed(
  engine: Engine,
  job: RunningJob,
  { step, spec }: Pick<HelperStep, 'step' | 'spec'>,
): Promise<string> {
  await engine.removeHelper(helperName(job, step));
  return await prepareHelper(engine, job, { step, spec: { ...spec, streamed: true } });
}

/** The output of a streamed helper, which breaks off when the job must stop. */
export async function streamOutput(
  engine: Engine,
  job: RunningJob,
  { step, spec, secrets }: Pick<HelperStep, 'step' | 'spec' | 'secrets'>,
): Promise<Readable> {
  const helper = await prepareStreamed(engine, job, { step, spec });
  return addAbortSignal(job.signal, await engine.streamHelper(helper, secrets));
}

/**
 * A volume that is gone is made by Docker, empty, when a helper mounts it. Removes such a volume, and the helper of the
 * step with it, which was prepared and not started; gives the name of the volume, or null when all were there.
 */
export async function dropPhantom(
  engine: Engine,
  job: RunningJob,
  { step, spec }: Pick<HelperStep, 'step' | 'spec'>,
): Promise<string | null> {
  const helper = helperName(job, step);
  for (const { type, source } of spec.mounts) {
    if (type !== 'volume') continue;
    const volume = await engine.findVolume(source);
    if (volume?.labels[phantomLabel] !== helper) continue;
    await engine.removeHelper(helper);
    await engine.removeVolume(source);
    return source;
  }
  return null;
}

/**
 * Runs a step's helper to its end, or attaches to it when a dead worker has started it. When the job must stop
 * (canceled, stalled, overdue) the helper is killed; when the job is lost to another worker the helper goes on untouched.
 */
export async function runHelper(engine: Engine, job: RunningJob, step: HelperStep): Promise<HelperOutcome> {
  const id = await prepareHelper(engine, job, step);
  job.signal.throwIfAborted();
  const helper = await engine.findHelper(id);
  if (helper === null)
    throw fail(
      'helper_interrupted',
      `The helper of step ${step.step} was removed before it could start; the next attempt makes a new one.`,
    );
  if (helper.state === 'created') await engine.startHelper(id, step.secrets);
  else await job.log('info', `Attached to the helper ${helper.name}, which is ${helper.state}.`);

  const complaints: string[] = [];
  const ended = engine.waitHelper(id, job.signal);
  // It is awaited after the lines only; should both fail by then, the lines tell why.
  ended.catch(() => undefined);
  try {
    for await (const line of engine.helperLines(id, job.signal)) {
      if (line.stream === 'stderr') complaints.push(line.text);
      if (complaints.length > complaintsKept) complaints.shift();
      step.onLine(line);
      if (step.isHopeless?.(line) === true) await engine.killHelper(id);
    }
    return { exitCode: await ended, complaints };
  } catch (error) {
    if (endsJob(job.signal)) await endHelper(engine, id);
    throw error;
  }
}

/** Kills a helper and waits until it has ended: nothing works on the volume after its job. */
async function endHelper(engine: Engine, id: string): Promise<void> {
  await engine.killHelper(id);
  await engine.waitHelper(id, AbortSignal.timeout(30_000));
}

/** Removes all helpers of a job. */
export async function removeHelpersOf(ports: Ports, host: string, jobId: string): Promise<void> {
  const engine = ports.engines.get(host);
  const helpers = await engine.listHelpers();
  const own = helpers.filter(({ labels }) => labels[helperLabels.job] === jobId);
  await Promise.all(own.map(({ id }) => engine.removeHelper(id)));
}
