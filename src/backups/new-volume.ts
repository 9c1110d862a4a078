import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { labelsOf } from '../hosts/read.ts';
import type { Snapshot } from '../snapshots/model.ts';
import { findVolume } from '../volumes/read.ts';

/** A copy belongs to the project of its snapshot; environment and class it has from the volume, while that is there. */
export async function labelsOfCopy(
  { ports }: AdmittedContext,
  { host, volume, project }: Pick<Snapshot, 'host' | 'volume' | 'project'>,
): Promise<Record<string, string>> {
  const source = volume === null ? null : await findVolume(ports.db, host, volume);
  return labelsOf({ project, environment: source?.environment ?? null, class: source?.class ?? null });
}

/** Throws `volume_exists`. Asks the engine, not the inventory: it also answers for whether the host can be written to now. */
export async function refuseTaken({ ports }: AdmittedContext, host: string, name: string): Promise<void> {
  if ((await ports.engines.get(host).findVolume(name)) !== null)
    throw fail('volume_exists', `Volume "${name}" exists already on host "${host}"; choose another name.`);
}
