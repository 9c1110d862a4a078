import { composeLabels } from '../hosts/read.ts';
import type { KnownVolume, Volume, VolumeMaker } from './model.ts';
import { type Naming, namingIssues } from './naming-styles.ts';
import { onceLabel, restoredByLabel } from './new-labels.ts';
import { backendOf } from './options/backend.ts';
import { shownOptions } from './options/mount-words.ts';

/** The engine gives it to volumes for which nobody chose a name. */
const anonymousLabel = 'com.docker.volume.anonymous';

/** A volume as callers see it: without secrets, and with what follows from its options, labels and name. */
export function showVolume({ origin, ...volume }: KnownVolume, naming: Naming): Volume {
  return {
    ...volume,
    options: shownOptions(volume.options),
    backend: backendOf(volume),
    createdBy: makerOf({ ...volume, origin }),
    namingIssues: namingIssues(volume, naming),
  };
}

/** Labels of Stowage and Compose win: a copy of a volume of Compose has the labels of both. */
function makerOf({ kind, labels, origin }: KnownVolume): VolumeMaker {
  if (onceLabel in labels || restoredByLabel in labels) return 'stowage';
  if (composeLabels.volume in labels) return 'compose';
  if (kind === 'anonymous' || anonymousLabel in labels) return 'container';
  return origin ?? 'unknown';
}
