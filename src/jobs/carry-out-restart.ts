import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import type { EngineContainer } from '../engine/engine-objects.ts';
import { runInContainer } from '../engine/run-in-container.ts';
import { fail, isFailure } from '../errors.ts';
import {
  type ContainerIdentity,
  identityOf,
  type NotedContainer,
  type NotedHook,
  type RestartNote,
} from './restart-note.ts';

/** What an engine that just restarted may need before it starts containers. */
const startAttempts = 5;
/** A container that is not healthy by then holds nothing up any longer. */
const healthySeconds = 60;

/** Stops what a note names; of those that depend on each other first what was started last. Each may take its whole grace time. */
export async function stopNoted(engine: Engine, note: RestartNote): Promise<void> {
  for (const stage of stagesOf(note).toReversed()) await Promise.all(stage.map(({ id }) => engine.stopContainer(id)));
}

/** Pauses what a note names, all at once. One that restarts over and over cannot be paused, and is stopped. */
export async function pauseNoted(engine: Engine, note: RestartNote): Promise<void> {
  await Promise.all(
    note.containers.map(async ({ id }) => {
      const container = await engine.findContainer(id);
      if (container?.state === 'running') await engine.pauseContainer(id);
      else if (container?.state === 'restarting') await engine.stopContainer(id);
    }),
  );
}

/**
 * Starts what a note names again, in the order of their dependencies, and gives the names of what runs now. Containers that
 * are gone for good are left out. Tries each for some seconds, since an engine that just restarted may refuse at first.
 * Throws `containers_not_restarted`, after all were tried.
 */
export async function carryOutRestart(engine: Engine, note: RestartNote): Promise<string[]> {
  const started: string[] = [];
  const failures: { readonly name: string; readonly cause: unknown }[] = [];
  for (const stage of stagesOf(note)) {
    const outcomes = await Promise.allSettled(stage.map((noted) => startAgain(engine, noted)));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') failures.push({ name: stage[index]?.name ?? '', cause: outcome.reason });
      else if (outcome.value !== null) started.push(outcome.value.name);
    }
    const awaited = outcomes.flatMap((outcome, index) =>
      outcome.status === 'fulfilled' && stage[index]?.isAwaited === true ? (outcome.value ?? []) : [],
    );
    await Promise.all(awaited.map(({ id }) => untilHealthy(engine, id)));
  }
  const [first] = failures;
  if (first === undefined) return started;
  const named = failures.map(({ name, cause }) => `${name}: ${messageOf(cause)}`).join('; ');
  throw fail('containers_not_restarted', {
    detail: `Start these containers by hand: ${named}`,
    cause: first.cause,
  });
}

/** Runs the commands of a note that end what those before the backup began; gives what went wrong, in words. */
export async function runNotedHooks(engine: Engine, { hooks = [] }: RestartNote): Promise<string[]> {
  const complaints = await Promise.all(hooks.map((hook) => runHook(engine, hook)));
  return complaints.filter((complaint) => complaint !== null);
}

/** Runs a command in a container; gives what went wrong, in words, or null. A container that is gone, or does not run, has nothing to be ended. */
export async function runHook(engine: Engine, hook: NotedHook): Promise<string | null> {
  const { command, user, timeoutSeconds, name } = hook;
  try {
    const container = await findNoted(engine, hook);
    if (container === null) return null;
    const wish = { command, seconds: timeoutSeconds, ...(user === null ? {} : { user }) };
    const { exitCode, output } = await runInContainer(engine, container.id, wish);
    if (exitCode === 0) return null;
    const end = exitCode === null ? `did not end within ${timeoutSeconds} s and was killed` : `ended with ${exitCode}`;
    return `${command[0]} in ${name} ${end}${output.trim() === '' ? '' : `: ${output.trim()}`}`;
  } catch (error) {
    return `${command[0]} in ${name}: ${messageOf(error)}`;
  }
}

/** By stage, the lowest first. */
function stagesOf({ containers }: RestartNote): NotedContainer[][] {
  const byStage = Map.groupBy(containers, ({ stage = 0 }) => stage);
  return [...byStage].toSorted(([one], [other]) => one - other).map(([, noted]) => noted);
}

async function startAgain(engine: Engine, noted: NotedContainer): Promise<EngineContainer | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const container = await findNoted(engine, noted);
      if (container === null) return null;
      await engine.startContainer(container.id);
      if (noted.paused) await engine.pauseContainer(container.id);
      return container;
    } catch (error) {
      const transient = isFailure(error, 'host_unavailable') || isFailure(error, 'container_not_found');
      if (!transient || attempt >= startAttempts) throw error;
      await sleep(attempt * 1000);
    }
  }
}

async function untilHealthy(engine: Engine, id: string): Promise<void> {
  const giveUpAt = Date.now() + healthySeconds * 1000;
  while (Date.now() < giveUpAt) {
    const status = (await engine.findContainer(id))?.status ?? '';
    if (!status.includes('(health: starting)')) return;
    await sleep(250);
  }
}

async function findNoted(engine: Engine, { id, name, service }: ContainerIdentity): Promise<EngineContainer | null> {
  const same = await engine.findContainer(id);
  if (same !== null) return same;
  const all = await engine.listContainers();
  const successor = service === null ? undefined : all.find((container) => isOfService(container, service));
  return successor ?? all.find((container) => container.name === name) ?? null;
}

function isOfService(container: EngineContainer, wanted: NonNullable<ContainerIdentity['service']>): boolean {
  const { service } = identityOf(container);
  return service?.project === wanted.project && service.name === wanted.name && service.number === wanted.number;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
