import type { EngineContainer } from '../engine/engine-objects.ts';
import { isHelper } from '../engine/helper.ts';
import { attributesOf } from '../hosts/read.ts';
import { composed, type Judgement, judged, type PlannedItem, premiseOf, protectedBy, tooYoung } from './judgement.ts';
import { type ContainerWish, fits } from './wish.ts';

/** Docker's states of a container that does nothing, and holds nothing open. */
const stopped = ['created', 'exited', 'dead'];

/** What stopped containers are judged by, besides themselves. */
export interface ContainerFacts {
  readonly containers: readonly EngineContainer[];
  readonly protectedLabels: readonly string[];
  /** Jobs that will start a container again, by its id. */
  readonly restarts: ReadonlyMap<string, string>;
  /** Of the writable layer, where it was measured, by id. */
  readonly writableBytes: ReadonlyMap<string, number>;
}

/** Whether a container goes: one that is stopped, and that nobody is going to start again for what was asked of Stowage. */
export function judgeContainer(
  { id, state, labels, createdAt }: EngineContainer,
  { protectedLabels, restarts }: Pick<ContainerFacts, 'protectedLabels' | 'restarts'>,
  { before, compose }: ContainerWish,
): Judgement {
  const job = restarts.get(id);
  return judged(
    [
      isHelper(labels) ? 'It is a helper of Stowage, which removes it itself.' : null,
      stopped.includes(state) ? null : `It is ${state}.`,
      job === undefined ? null : `Job ${job} has stopped it and starts it again.`,
      protectedBy(labels, protectedLabels),
      composed(labels, compose),
      tooYoung(createdAt, before),
    ],
    [`It is stopped (${state}).`],
  );
}

/** The containers that a wish is about, judged. */
export function planContainers(facts: ContainerFacts, wish: ContainerWish): PlannedItem[] {
  return facts.containers
    .filter(({ labels }) => fits(labels, wish.labels))
    .map((container) => {
      const { id, name, state, labels, image, createdAt } = container;
      return {
        kind: 'container',
        id,
        name,
        bytes: facts.writableBytes.get(id) ?? null,
        ...judgeContainer(container, facts, wish),
        project: attributesOf(labels).project,
        snapshotFirst: false,
        premise: premiseOf(name, state, image, labels, createdAt),
      };
    });
}
