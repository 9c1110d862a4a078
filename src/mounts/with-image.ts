import { posix } from 'node:path';
import type { Ports } from '../context.ts';
import type { EngineImageDefaults } from '../engine/engine-objects.ts';
import { isFailure } from '../errors.ts';
import { attributesOf } from '../hosts/read.ts';
import type { EvaluationGap } from './evaluation-model.ts';
import { anonymousMount, type Proposal } from './proposal.ts';

/** A proposal with what its image adds to it. */
export interface WithImage {
  readonly proposal: Proposal;
  readonly gaps: readonly EvaluationGap[];
}

/**
 * Adds what a container has from its image: its user, where the specification names none, its labels, and the volumes that
 * it declares. The engine is asked, for two seconds: the inventory does not know it. When it does not tell, a container
 * without a user counts as root, as Docker has it for an image that names none, and the answer says so.
 */
export async function withImage(
  { engines }: Pick<Ports, 'engines'>,
  host: string,
  proposal: Proposal,
): Promise<WithImage> {
  const { container } = proposal;
  const { image } = container;
  if (image === '') return { proposal, gaps: [gap('No image is named', proposal)] };
  try {
    const defaults = await engines.get(host).imageDefaults(image);
    if (defaults === null) return { proposal, gaps: [gap(`The image ${image} is not on the host`, proposal)] };
    return { proposal: { ...proposal, container: merge(proposal, defaults) }, gaps: [] };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { proposal, gaps: [gap(`The engine does not tell of the image ${image}`, proposal)] };
  }
}

function merge({ container, labels, driver }: Proposal, defaults: EngineImageDefaults): Proposal['container'] {
  const all = { ...defaults.labels, ...labels };
  const { project, environment } = attributesOf(all);
  const taken = new Set(container.mounts.map(({ target }) => target));
  const declared = defaults.volumes
    .map((target) => posix.resolve('/', target))
    .filter((target) => !taken.has(target))
    .map((target) => anonymousMount(target, driver));
  const user = container.user || defaults.user;
  return { ...container, user, project, environment, labels: all, mounts: [...container.mounts, ...declared] };
}

function gap(why: string, { container: { user } }: Proposal): EvaluationGap {
  const asRoot = user === '' ? ' Its user is taken to be root.' : '';
  return { about: 'image', detail: `${why}: the volumes that it declares are not known.${asRoot}` };
}
