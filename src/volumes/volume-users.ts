import type { EngineContainer, EngineVolume } from '../engine/engine-objects.ts';
import { helperLabels, isHelper } from '../engine/helper.ts';
import { attributesOf } from '../hosts/read.ts';

/** From whose view users are named: whose helpers do not count, and whose containers are called by their name. */
export interface View {
  /** Helpers of this installation do not count: their jobs do. */
  readonly installation: string;
  /** Containers of other projects are not named; null: all are. */
  readonly project: string | null;
}

/** Finds the containers that have a volume, in words, such as `web (exited)`. Containers in every state count. */
export function volumeUsers(
  containers: readonly EngineContainer[],
  view: View,
): (volume: Pick<EngineVolume, 'name' | 'driver' | 'mountpoint'>) => string[] {
  const others = containers.filter(({ labels }) => labels[helperLabels.installation] !== view.installation);
  const byVolume = new Map<string, Set<EngineContainer>>();
  const binds: { readonly source: string; readonly container: EngineContainer }[] = [];
  for (const container of others)
    for (const { type, volume, source } of container.mounts) {
      if (volume !== null) byVolume.set(volume, (byVolume.get(volume) ?? new Set()).add(container));
      else if (type === 'bind') binds.push({ source, container });
    }
  return ({ name, driver, mountpoint }) => {
    const users = new Set(byVolume.get(name));
    for (const { source, container } of binds) if (isWithin(source, driver, mountpoint)) users.add(container);
    return [...users].map((container) => describe(container, view));
  };
}

/** Whether a bind (its source) leads into the folder of a volume, past Docker's own counting. */
export function isWithin(source: string, driver: string, mountpoint: string): boolean {
  if (mountpoint === '') return false;
  const isFolderOfVolume =
    driver === 'local' && mountpoint.endsWith('/_data') && source === mountpoint.slice(0, -'/_data'.length);
  return isFolderOfVolume || source === mountpoint || source.startsWith(`${mountpoint}/`);
}

function describe({ name, labels, state }: EngineContainer, { project }: View): string {
  if (isHelper(labels)) return `a helper of another installation of Stowage (${state})`;
  const isNamed = project === null || attributesOf(labels).project === project;
  return `${isNamed ? name : 'a container of another project'} (${state})`;
}
