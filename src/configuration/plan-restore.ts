import type { ContainerDefinition, NetworkDefinition } from '../engine/definition-objects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineContainer, VolumeSpec } from '../engine/engine-objects.ts';
import { isHelper } from '../engine/helper.ts';
import { fail } from '../errors.ts';
import { attributesOf } from '../hosts/read.ts';
import { startOrder } from '../jobs/read.ts';
import type { Snapshot } from '../snapshots/model.ts';
import { incomplete } from './incomplete.ts';
import { imagesToLoad } from './plan-images.ts';
import { networksToMake } from './plan-networks.ts';
import { volumesToMake } from './plan-volumes.ts';
import type { Configuration } from './snapshot-files.ts';

/** What is asked for. */
export interface RestoreWish {
  /** The project that all of it must be of; null: whoever asked reaches everything. */
  readonly project: string | null;
  /** Names; all without. */
  readonly containers: readonly string[] | undefined;
  readonly snapshotsOfImages: (ids: readonly string[]) => Promise<readonly Snapshot[]>;
}

/** A container that is to be made, and when it starts. */
export interface PlannedContainer {
  readonly definition: ContainerDefinition;
  readonly stage: number;
  readonly isAwaited: boolean;
}

/** What a restore will make, in this order. What is there is used as it is. */
export interface RestorePlan {
  readonly images: readonly Snapshot[];
  readonly volumes: readonly VolumeSpec[];
  readonly networks: readonly NetworkDefinition[];
  /** Those of a lower stage first. */
  readonly containers: readonly PlannedContainer[];
}

/**
 * Finds out what a restore has to make, and makes nothing. Throws `container_exists`, `network_exists` and `image_name_taken` for
 * names that something else has, `configuration_incomplete` with what is neither on the host nor kept, `container_not_found` for a
 * name that the definitions do not know, and `forbidden` for what is not of the project.
 */
export async function planRestore(
  engine: Engine,
  configuration: Omit<Configuration, 'composeFiles'>,
  wish: RestoreWish,
): Promise<RestorePlan> {
  const chosen = chosenOf(configuration.containers, wish);
  requireOwn(chosen, wish.project);
  refuseTaken(engine.host, chosen, await engine.listContainers());
  const isAll = wish.containers === undefined;
  const of = { engine, chosen, isAll, project: wish.project };
  const networks = await networksToMake(of, configuration.networks);
  const volumes = await volumesToMake(of, configuration.volumes);
  const images = await imagesToLoad(engine, chosen, wish.snapshotsOfImages);
  return { images, volumes, networks, containers: inOrder(chosen) };
}

function chosenOf(known: readonly ContainerDefinition[], { containers }: RestoreWish): readonly ContainerDefinition[] {
  if (containers === undefined) return known;
  const unknown = containers.filter((name) => !known.some((one) => one.name === name));
  if (unknown.length > 0)
    throw fail(
      'container_not_found',
      `The snapshot has no container ${unknown.join(', ')}; it has ${known.map(({ name }) => name).join(', ')}.`,
    );
  return known.filter(({ name }) => containers.includes(name));
}

/** A helper is none that somebody would want back, and its labels would make it be swept away. */
function requireOwn(chosen: readonly ContainerDefinition[], project: string | null): void {
  const other = chosen.find(
    ({ labels }) => isHelper(labels) || (project !== null && attributesOf(labels).project !== project),
  );
  if (other !== undefined)
    throw fail('forbidden', `Container "${other.name}" is not of project "${project}"; nothing was done.`);
}

function refuseTaken(
  host: string,
  chosen: readonly ContainerDefinition[],
  there: readonly Pick<EngineContainer, 'name'>[],
): void {
  const names = new Set(there.map(({ name }) => name));
  const taken = chosen.filter(({ name }) => names.has(name));
  if (taken.length > 0)
    throw fail(
      'container_exists',
      `On host "${host}" there are containers with these names: ${taken.map(({ name }) => name).join(', ')}. Remove or rename them, or restore the others alone (\`containers\`); nothing was done.`,
    );
  const wanted = new Set([...names, ...chosen.map(({ name }) => name)]);
  const missing = chosen.flatMap(({ name, needs }) =>
    needs.filter((other) => !wanted.has(other)).map((other) => `container ${other} (for ${name})`),
  );
  if (missing.length > 0) throw incomplete(missing);
}

function inOrder(chosen: readonly ContainerDefinition[]): PlannedContainer[] {
  const order = startOrder(
    chosen.map(({ name, labels, needs }) => ({ id: name, name, labels: { ...labels }, networkOf: null, needs })),
  );
  const planned = chosen.map((definition) => ({
    definition,
    ...(order.get(definition.name) ?? { stage: 0, isAwaited: false }),
  }));
  return planned.toSorted((one, other) => one.stage - other.stage);
}
