import type { MountFacts } from '../findings/facts.ts';
import type { EvaluationGap } from './evaluation-model.ts';
import type { Proposal } from './proposal.ts';

/** Version of Docker's API from which on a folder of a volume can be mounted. */
const subpathSince = { major: 1, minor: 45 } as const;

/**
 * A proposal as an engine of this API version takes it. One that does not know `Subpath` drops it without a word, and
 * mounts the whole volume: that is judged, and told.
 */
export function asEngineTakesIt(
  proposal: Proposal,
  apiVersion: string | null,
): { readonly proposal: Proposal; readonly gaps: readonly EvaluationGap[] } {
  const { container } = proposal;
  const dropped = container.mounts.filter(({ subpath }) => subpath !== null && lacksSubpaths(apiVersion));
  if (dropped.length === 0) return { proposal, gaps: [] };
  const mounts = container.mounts.map((mount): MountFacts => ({ ...mount, subpath: null }));
  const gaps = dropped.map(({ target, subpath }): EvaluationGap => {
    const detail = `The engine (API ${apiVersion}) does not know VolumeOptions.Subpath: it drops "${subpath}", and mounts the whole volume at ${target}.`;
    return { about: 'engine', detail };
  });
  return { proposal: { ...proposal, container: { ...container, mounts } }, gaps };
}

/** False while the version is not known. */
function lacksSubpaths(version: string | null): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(version ?? '') ?? [];
  if (major === undefined || minor === undefined) return false;
  const { major: from, minor: fromMinor } = subpathSince;
  return Number(major) < from || (Number(major) === from && Number(minor) < fromMinor);
}
