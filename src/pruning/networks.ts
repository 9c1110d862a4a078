import type { EngineNetwork } from '../engine/engine-objects.ts';
import { attributesOf } from '../hosts/read.ts';
import { composed, type Judgement, judged, type PlannedItem, premiseOf, protectedBy, tooYoung } from './judgement.ts';
import { fits, type NetworkWish } from './wish.ts';

/** What networks are judged by, besides themselves. */
export interface NetworkFacts {
  readonly networks: readonly EngineNetwork[];
  readonly protectedLabels: readonly string[];
}

/** Whether a network goes: one of somebody's own that no container, running or not, is attached to. */
export function judgeNetwork(
  { isPredefined, containers, labels, createdAt }: EngineNetwork,
  { protectedLabels }: Pick<NetworkFacts, 'protectedLabels'>,
  { before, compose }: NetworkWish,
): Judgement {
  return judged(
    [
      isPredefined ? "It is one of Docker's own." : null,
      containers.length > 0 ? `Containers are attached to it: ${containers.join(', ')}.` : null,
      protectedBy(labels, protectedLabels),
      composed(labels, compose),
      tooYoung(createdAt, before),
    ],
    ['No container is attached to it.'],
  );
}

/** The networks that a wish is about, judged. */
export function planNetworks(facts: NetworkFacts, wish: NetworkWish): PlannedItem[] {
  return facts.networks
    .filter(({ labels }) => fits(labels, wish.labels))
    .map((network) => {
      const { id, name, driver, labels } = network;
      return {
        kind: 'network',
        id,
        name,
        bytes: 0,
        ...judgeNetwork(network, facts, wish),
        project: attributesOf(labels).project,
        snapshotFirst: false,
        premise: premiseOf(name, driver, labels),
      };
    });
}
