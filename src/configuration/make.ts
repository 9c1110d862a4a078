import type { NetworkDefinition } from '../engine/definition-objects.ts';
import type { Engine } from '../engine/engine.ts';
import { fail, isFailure, messageOf } from '../errors.ts';
import { loadKeptImage, nameForImage } from '../images/read.ts';
import { carryOutRestart } from '../jobs/carry-out-restart.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { isStarted, reportEntries } from '../jobs/read.ts';
import { identityOf } from '../jobs/restart-note.ts';
import { markedBy } from './made.ts';
import type { PlannedContainer, RestorePlan } from './plan-restore.ts';

/** What was made, as `kind/name`, and the names of what was started. */
export interface Made {
  readonly created: readonly string[];
  readonly started: readonly string[];
}

/**
 * Makes what a plan says, each with the mark of the job, and starts what ran when it was kept (unless `start` is false): what
 * others depend on first, and healthy where they ask for it. Throws `container_not_started`, and the reason of a stop.
 */
export async function make(engine: Engine, job: RunningJob, plan: RestorePlan, start: boolean): Promise<Made> {
  const created: string[] = [];
  const note = (what: string) => {
    created.push(what);
    reportEntries(job, 'create', created.length);
    job.signal.throwIfAborted();
  };
  job.signal.throwIfAborted();
  for (const [index, snapshot] of plan.images.entries()) {
    await loadKeptImage(engine, job, snapshot, `image-${index + 1}`);
    note(`image/${snapshot.image?.reference ?? snapshot.image?.id}`);
  }
  for (const volume of plan.volumes) {
    await engine.createVolume({ ...volume, labels: markedBy(job, volume.labels) });
    note(`volume/${volume.name}`);
  }
  for (const network of plan.networks) {
    await makeNetwork(engine, plan, { ...network, labels: markedBy(job, network.labels) });
    note(`network/${network.name}`);
  }
  const ids = new Map<string, string>();
  for (const { definition } of plan.containers) {
    const marked = { ...definition, labels: markedBy(job, definition.labels) };
    ids.set(definition.name, await engine.createContainer(marked, await nameForImage(engine, definition.image)));
    note(`container/${definition.name}`);
  }
  return { created, started: start ? await startAll(engine, job, plan, ids) : [] };
}

/**
 * A subnet may have been chosen by the engine, and have another network by now: it chooses again then, unless a container has
 * a fixed address in it.
 */
async function makeNetwork(engine: Engine, { containers }: RestorePlan, network: NetworkDefinition): Promise<void> {
  try {
    await engine.createNetwork(network);
  } catch (error) {
    const isFixed = containers.some(({ definition }) => definition.endpoints[network.name]?.addresses != null);
    const isTaken = isFailure(error, 'engine_error') && /overlap/i.test(error.message);
    if (!isTaken || isFixed) throw error;
    await engine.createNetwork({ ...network, subnets: [] });
  }
}

async function startAll(
  engine: Engine,
  job: RunningJob,
  { containers }: RestorePlan,
  ids: ReadonlyMap<string, string>,
): Promise<string[]> {
  const running = containers.filter(({ definition }) => isStarted(definition));
  const started: string[] = [];
  for (const [, together] of Map.groupBy(running, ({ stage }) => stage)) {
    job.signal.throwIfAborted();
    const outcome = await carryOutRestart(engine, { containers: together.map((one) => notedOf(one, ids)) });
    started.push(...outcome.started);
    reportEntries(job, 'start', started.length);
    if (outcome.failure !== null)
      throw fail('container_not_started', {
        detail: `What was restored cannot be started, so it is removed again: ${messageOf(outcome.failure.cause)}`,
        cause: outcome.failure,
      });
  }
  job.signal.throwIfAborted();
  return started;
}

function notedOf({ definition, stage, isAwaited }: PlannedContainer, ids: ReadonlyMap<string, string>) {
  const { name, labels, state } = definition;
  const identity = identityOf({ id: ids.get(name) ?? name, name, labels: { ...labels } });
  return { ...identity, paused: state === 'paused', stage, isAwaited };
}
