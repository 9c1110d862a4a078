import type { MeasurableVolume } from './sample-store.ts';

/**
 * How a volume is measured: in the engine's folder of volumes, which keeps nobody from removing it; by mounting it; or
 * not at all, for a reason.
 */
export type Way =
  | { readonly by: 'folder' }
  | { readonly by: 'mount' }
  | { readonly by: 'none'; readonly reason: string };

/** Chooses the way. Without a root folder nothing can be seen in it. */
export function wayTo(
  { name, driver, options, mountpoint, isRunning }: MeasurableVolume,
  rootFolder: string | null,
): Way {
  const isPlain = driver === 'local' && Object.keys(options).length === 0;
  if (isPlain && rootFolder !== null && mountpoint === `${rootFolder}/volumes/${name}/_data`) return { by: 'folder' };
  // For a plain one Docker mounts nothing that could hang; what a running container has is mounted already.
  if (isPlain || isRunning) return { by: 'mount' };
  const what = driver === 'local' ? 'it has options' : `its driver is ${driver}`;
  return {
    by: 'none',
    reason: `${what} and no running container has it mounted; mounting it just to size it could hang`,
  };
}
