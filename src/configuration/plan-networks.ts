import type { ContainerDefinition, NetworkDefinition } from '../engine/definition-objects.ts';
import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import { composeLabels } from '../hosts/read.ts';
import { incomplete } from './incomplete.ts';

/** For which containers something is looked for. */
export interface Chosen {
  readonly engine: Engine;
  readonly chosen: readonly ContainerDefinition[];
  /** All that the definitions know, and not some containers only. */
  readonly isAll: boolean;
  readonly project: string | null;
}

/** The networks that are not there yet. One of the same name is used when it is the same. Throws `network_exists` and `configuration_incomplete`. */
export async function networksToMake(
  { engine, chosen, isAll }: Chosen,
  known: readonly NetworkDefinition[],
): Promise<NetworkDefinition[]> {
  const needed = new Set(chosen.flatMap(({ endpoints }) => Object.keys(endpoints)));
  const there = (await engine.listNetworks()).filter(({ isPredefined }) => !isPredefined);
  const missing = [...needed].filter((name) => ![...there, ...known].some((one) => one.name === name));
  if (missing.length > 0) throw incomplete(missing.map((name) => `network ${name}`));
  const toMake: NetworkDefinition[] = [];
  for (const definition of known.filter(({ name }) => isAll || needed.has(name))) {
    const same = there.filter(({ name }) => name === definition.name);
    const [first] = same;
    if (first === undefined) toMake.push(definition);
    else if (same.length > 1 || !isLike(await engine.networkDefinition(first.id), definition))
      throw fail(
        'network_exists',
        `On host "${engine.host}" the network "${definition.name}" is another one than that of the snapshot; remove it first. Nothing was done.`,
      );
  }
  return toMake;
}

/** The engine may have chosen other addresses. */
function isLike(one: NetworkDefinition | null, other: NetworkDefinition): boolean {
  const ofCompose = (network: NetworkDefinition) => network.labels[composeLabels.project];
  return (
    one !== null &&
    one.driver === other.driver &&
    one.internal === other.internal &&
    ofCompose(one) === ofCompose(other)
  );
}
