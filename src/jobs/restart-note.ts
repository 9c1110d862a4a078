import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import type { EngineContainer } from '../engine/engine-objects.ts';
import { fail, isFailure } from '../errors.ts';
import { object, type Static, T } from '../schema.ts';

const composeProject = 'com.docker.compose.project';
const composeService = 'com.docker.compose.service';
const composeNumber = 'com.docker.compose.container-number';

/**
 * Which containers must run again, written down before they are stopped: on the job, and as a label of the helper, so
 * that it survives the loss of the database. Names and compose services find a container that was recreated meanwhile.
 */
export const RestartNote = object({
  containers: T.Array(
    object({
      id: T.String(),
      name: T.String(),
      paused: T.Boolean(),
      service: T.Union([object({ project: T.String(), name: T.String(), number: T.String() }), T.Null()]),
    }),
  ),
});
export type RestartNote = Static<typeof RestartNote>;
type NotedContainer = RestartNote['containers'][number];

/** What must be written down before `containers` are stopped: only those that run (or are paused). */
export function writeRestartNote(containers: readonly EngineContainer[]): RestartNote {
  const running = containers.filter(({ state }) => state === 'running' || state === 'paused' || state === 'restarting');
  return {
    containers: running.map((container) => ({
      id: container.id,
      name: container.name,
      paused: container.state === 'paused',
      service: serviceOf(container),
    })),
  };
}

function serviceOf({ labels }: EngineContainer): NotedContainer['service'] {
  const project = labels[composeProject];
  const name = labels[composeService];
  return project === undefined || name === undefined ? null : { project, name, number: labels[composeNumber] ?? '1' };
}

/** Stops what a note names, all at once: each may take its whole grace time. */
export async function stopNoted(engine: Engine, note: RestartNote): Promise<void> {
  await Promise.all(note.containers.map(({ id }) => engine.stopContainer(id)));
}

/**
 * Starts what a note names again, and gives the names of what runs now. Containers that are gone for good are left out.
 * Tries each for some seconds, since an engine that just restarted may refuse at first. Throws `containers_not_restarted`.
 */
export async function carryOutRestart(engine: Engine, note: RestartNote): Promise<string[]> {
  const outcomes = await Promise.allSettled(note.containers.map((noted) => startAgain(engine, noted)));
  const failed = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [`${note.containers[index]?.name}: ${messageOf(outcome.reason)}`] : [],
  );
  if (failed.length > 0) {
    const cause = outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
    throw fail('containers_not_restarted', { detail: `Start these containers by hand: ${failed.join('; ')}`, cause });
  }
  return outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' && outcome.value !== null ? [outcome.value] : [],
  );
}

async function startAgain(engine: Engine, noted: NotedContainer): Promise<string | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const container = await findNoted(engine, noted);
      if (container === null) return null;
      await engine.startContainer(container.id);
      if (noted.paused) await engine.pauseContainer(container.id);
      return container.name;
    } catch (error) {
      const transient = isFailure(error, 'host_unavailable') || isFailure(error, 'container_not_found');
      if (!transient || attempt >= 5) throw error;
      await sleep(attempt * 1000);
    }
  }
}

async function findNoted(engine: Engine, { id, name, service }: NotedContainer): Promise<EngineContainer | null> {
  const same = await engine.findContainer(id);
  if (same !== null) return same;
  const all = await engine.listContainers();
  const successor = service === null ? undefined : all.find((container) => matchesService(container, service));
  return successor ?? all.find((container) => container.name === name) ?? null;
}

function matchesService(container: EngineContainer, service: NonNullable<NotedContainer['service']>): boolean {
  const own = serviceOf(container);
  return own !== null && own.project === service.project && own.name === service.name && own.number === service.number;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
