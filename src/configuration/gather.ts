import type { ContainerDefinition, NetworkDefinition } from '../engine/definition-objects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineContainer, EngineVolume, VolumeSpec } from '../engine/engine-objects.ts';
import { isHelper, phantomLabel } from '../engine/helper.ts';
import { fail } from '../errors.ts';
import { attributesOf, composeLabels } from '../hosts/read.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import { restoredByLabel } from './made.ts';
import type { Configuration } from './snapshot-files.ts';

const parallelInspects = 8;

/** What is gathered: a Compose project whose containers are all of one project of ours, or (null) everything on the host. */
export interface Gathered {
  readonly composeProject: string | null;
  readonly project: string | null;
}

/**
 * Asks an engine what containers, networks and volumes are made from; helpers are left out, and what `docker compose run` made.
 * Throws `compose_project_not_found`, and `forbidden` when containers have become those of another project meanwhile.
 */
export async function gather(engine: Engine, about: Gathered): Promise<Omit<Configuration, 'composeFiles'>> {
  const all = await engine.listContainers();
  const names = new Map(all.map(({ id, name }) => [id, name]));
  const chosen = all.filter((container) => isMeant(container, about)).toSorted(byName);
  requireProject(engine.host, chosen, about);
  const found = await mapConcurrently(chosen, parallelInspects, ({ id }) => engine.containerDefinition(id, names));
  // One that went away in between is no part of it.
  const containers = found.filter((one) => one !== null).map(unmarked);
  return {
    containers,
    networks: await networksOf(engine, containers, about),
    volumes: volumesOf(await engine.listVolumes(), containers, about),
  };
}

function isMeant({ labels }: EngineContainer, { composeProject }: Gathered): boolean {
  if (isHelper(labels) || labels[composeLabels.oneOff] === 'True') return false;
  return composeProject === null || labels[composeLabels.project] === composeProject;
}

function requireProject(host: string, chosen: readonly EngineContainer[], { composeProject, project }: Gathered): void {
  if (composeProject === null) return;
  if (chosen.length === 0)
    throw fail(
      'compose_project_not_found',
      `There is no container of the Compose project "${composeProject}" on host "${host}" any more.`,
    );
  const other = chosen.find(({ labels }) => project !== null && attributesOf(labels).project !== project);
  if (other !== undefined)
    throw fail('forbidden', `Container "${other.name}" is not of project "${project}"; nothing was kept.`);
}

async function networksOf(
  engine: Engine,
  containers: readonly ContainerDefinition[],
  { composeProject }: Gathered,
): Promise<NetworkDefinition[]> {
  const attached = new Set(containers.flatMap(({ endpoints }) => Object.keys(endpoints)));
  const meant = (await engine.listNetworks()).filter(
    ({ isPredefined, name, labels }) =>
      !isPredefined &&
      (composeProject === null || attached.has(name) || labels[composeLabels.project] === composeProject),
  );
  const found = await mapConcurrently(meant, parallelInspects, ({ id }) => engine.networkDefinition(id));
  return found
    .filter((one) => one !== null)
    .map(unmarked)
    .toSorted(byName);
}

/** Options of a volume may hold secrets, so those of other projects are no business of this one, whoever has them mounted. */
function volumesOf(
  all: readonly EngineVolume[],
  containers: readonly ContainerDefinition[],
  { composeProject, project }: Gathered,
): VolumeSpec[] {
  const mounted = new Set(containers.flatMap(({ volumes }) => volumes));
  const isOf = ({ name, labels }: EngineVolume) => {
    if (composeProject === null) return true;
    if (!mounted.has(name) && labels[composeLabels.project] !== composeProject) return false;
    const own = attributesOf(labels).project;
    return project === null || own === null || own === project;
  };
  return all
    .filter((volume) => !(phantomLabel in volume.labels) && isOf(volume))
    .map(({ name, driver, options, labels }) => unmarked({ name, driver, options, labels }))
    .toSorted(byName);
}

/** Without the mark of the restore that made it. */
function unmarked<One extends { readonly labels: Readonly<Record<string, string>> }>(one: One): One {
  const { [restoredByLabel]: _mark, ...labels } = one.labels;
  return { ...one, labels };
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}
