import type { EngineContainer } from '../engine/engine-objects.ts';
import { composeLabels } from '../hosts/read.ts';
import { object, type Static, T, words } from '../schema.ts';
import { startOrder } from './start-order.ts';

/** By what a container is found again, also one that was recreated meanwhile. */
const identity = {
  id: T.String(),
  name: T.String(),
  service: T.Union([object({ project: T.String(), name: T.String(), number: T.String() }), T.Null()]),
};
const ContainerIdentity = object(identity);
export type ContainerIdentity = Static<typeof ContainerIdentity>;

const NotedHook = object({
  ...identity,
  command: T.Array(T.String()),
  user: T.Union([T.String(), T.Null()]),
  timeoutSeconds: T.Integer(),
  onError: words('NotedHookOnError', ['fail', 'continue'], 'What its failure does to the job.'),
});
export type NotedHook = Static<typeof NotedHook>;

/**
 * Which containers must run again, written down before they are stopped or paused: on the job, and as a label of the
 * helper, so that it survives the loss of the database.
 */
export const RestartNote = object({
  containers: T.Array(
    object({
      ...identity,
      /** It was paused before. */
      paused: T.Boolean(),
      /** Those of a lower one start before it; 0 when not given. */
      stage: T.Optional(T.Integer()),
      /** What starts later asks for it to be healthy. */
      isAwaited: T.Optional(T.Boolean()),
    }),
  ),
  /** Commands to be run in containers, once they run again. */
  hooks: T.Optional(T.Array(NotedHook)),
});
export type RestartNote = Static<typeof RestartNote>;
export type NotedContainer = RestartNote['containers'][number];

/** Whether a container can change files now, or would when it is let go on. */
export function isStarted({ state }: Pick<EngineContainer, 'state'>): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting';
}

/** What must be written down before `containers` are stopped: only those that run (or are paused), in the order of their start. */
export function writeRestartNote(containers: readonly EngineContainer[]): RestartNote {
  const started = containers.filter(isStarted);
  const order = startOrder(started);
  const noted = started.map((container) => ({
    ...identityOf(container),
    paused: container.state === 'paused',
    ...(order.get(container.id) ?? { stage: 0, isAwaited: false }),
  }));
  return { containers: noted.toSorted((one, other) => one.stage - other.stage) };
}

/** By what a container is found again. */
export function identityOf({ id, name, labels }: Pick<EngineContainer, 'id' | 'name' | 'labels'>): ContainerIdentity {
  const project = labels[composeLabels.project];
  const service = labels[composeLabels.service];
  const known = project !== undefined && service !== undefined;
  return { id, name, service: known ? { project, name: service, number: labels[composeLabels.number] ?? '1' } : null };
}
