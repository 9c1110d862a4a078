import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import type { EngineContainer } from '../engine/engine-objects.ts';
import { runInContainer } from '../engine/run-in-container.ts';
import { type Failure, fail, isFailure, messageOf } from '../errors.ts';
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
const unknownHealth = '(health: starting)';

/** Stops what a note names; of those that depend on each other first what was started last. Each may take its whole grace time. */
export async function stopNoted(engine: Engine, note: RestartNote): Promise<void> {
  for (const stage of stagesOf(note).toReversed()) await allOf(stage.map(({ id }) => engine.stopContainer(id)));
}

/** Waits for all of it, also after a failure: what is still under way must not end after it was undone. Throws the first failure. */
async function allOf(doings: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(doings);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Pauses what a note names, all at once. One that restarts over and over cannot be paused, and is stopped. */
export async function pauseNoted(engine: Engine, note: RestartNote): Promise<void> {
  await allOf(
    note.containers.map(async ({ id }) => {
      const container = await engine.findContainer(id);
      if (container?.state === 'running') await engine.pauseContainer(id);
      else if (container?.state === 'restarting') await engine.stopContainer(id);
    }),
  );
}

/** What became of a note. */
interface Restarted {
  /** Names of what runs now. */
  readonly started: readonly string[];
  /** What could not be started, to be tried again; null when all run. */
  readonly left: RestartNote | null;
  /** `containers_not_restarted`; null when all run. */
  readonly failure: Failure | null;
  /** What went wrong with the hooks that end what those before the backup began. */
  readonly complaints: readonly HookComplaint[];
}

/** What went wrong with a hook, in words, and whether the job is to fail of it. */
interface HookComplaint {
  readonly text: string;
  readonly isFatal: boolean;
}

/**
 * Does all that a note asks for: starts what it names again, in the order of their dependencies, all that can be, then runs its
 * hooks. Containers that are gone for good are left out. Tries each for some seconds, since an engine that just restarted may
 * refuse at first.
 */
export async function carryOutRestart(engine: Engine, note: RestartNote): Promise<Restarted> {
  const started: string[] = [];
  const failures: { readonly noted: NotedContainer; readonly cause: unknown }[] = [];
  const startOne = async (noted: NotedContainer) => {
    try {
      const container = await startAgain(engine, noted);
      if (container === null) return;
      started.push(container.name);
      if (noted.isAwaited === true) await untilHealthy(engine, container.id);
    } catch (cause) {
      failures.push({ noted, cause });
    }
  };
  for (const stage of stagesOf(note)) await Promise.all(stage.map(startOne));
  const complaints = await runNotedHooks(engine, note);
  const [first] = failures;
  if (first === undefined) return { started, left: null, failure: null, complaints };
  const named = failures.map(({ noted, cause }) => `${noted.name}: ${messageOf(cause)}`).join('; ');
  const detail = `Start these containers by hand: ${named}`;
  const failure = fail('containers_not_restarted', { detail, cause: first.cause });
  return { started, left: { containers: failures.map(({ noted }) => noted) }, failure, complaints };
}

async function runNotedHooks(engine: Engine, { hooks = [] }: RestartNote): Promise<HookComplaint[]> {
  const complaints = await Promise.all(
    hooks.map(async (hook) => ({ text: await runHook(engine, hook), isFatal: hook.onError === 'fail' })),
  );
  return complaints.flatMap(({ text, isFatal }) => (text === null ? [] : [{ text, isFatal }]));
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
    // An engine that does not answer now may do so in a moment.
    const status = await engine.findContainer(id).then(
      (container) => container?.status ?? '',
      () => unknownHealth,
    );
    if (!status.includes(unknownHealth)) return;
    await sleep(250);
  }
}

async function findNoted(engine: Engine, { id, name, service }: ContainerIdentity): Promise<EngineContainer | null> {
  const same = await engine.findContainer(id);
  if (same !== null) return same;
  const all = await engine.listContainers();
  const successor = service === null ? undefined : all.find((container) => isOfService(container, service));
  return successor ?? all.find((container) => container.name === name && mayBeSame(container, service)) ?? null;
}

/** A name alone may have been given to something else since: one of another Compose project or service is not touched. */
function mayBeSame(container: EngineContainer, noted: ContainerIdentity['service']): boolean {
  const { service } = identityOf(container);
  return service === null || (service.project === noted?.project && service.name === noted.name);
}

function isOfService(container: EngineContainer, wanted: NonNullable<ContainerIdentity['service']>): boolean {
  const { service } = identityOf(container);
  return service?.project === wanted.project && service.name === wanted.name && service.number === wanted.number;
}
