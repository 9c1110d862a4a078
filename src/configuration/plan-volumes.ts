import type { VolumeSpec } from '../engine/engine-objects.ts';
import { fail } from '../errors.ts';
import { attributesOf } from '../hosts/read.ts';
import { incomplete } from './incomplete.ts';
import type { Chosen } from './plan-networks.ts';

/** The volumes that are not there yet. Throws `configuration_incomplete`, and `forbidden` for one that is of another project by now. */
export async function volumesToMake(
  { engine, chosen, isAll, project }: Chosen,
  known: readonly VolumeSpec[],
): Promise<VolumeSpec[]> {
  const needed = new Set(chosen.flatMap(({ volumes }) => volumes));
  const there = new Map((await engine.listVolumes()).map((volume) => [volume.name, volume]));
  const missing = [...needed].filter((name) => !there.has(name) && !known.some((one) => one.name === name));
  if (missing.length > 0) throw incomplete(missing.map((name) => `volume ${name}`));
  // Whoever may restore a project must not get at what another one has put under the old name.
  const others = [...needed].filter((name) => {
    const own = attributesOf(there.get(name)?.labels ?? {}).project;
    return project !== null && own !== null && own !== project;
  });
  if (others.length > 0)
    throw fail(
      'forbidden',
      `These volumes are of another project: ${others.join(', ')}. An admin of everything can restore it; nothing was done.`,
    );
  return known.filter(({ name }) => (isAll || needed.has(name)) && !there.has(name));
}
