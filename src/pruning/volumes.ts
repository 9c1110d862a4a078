import type { EngineVolume } from '../engine/engine-objects.ts';
import { isMountedFromElsewhere } from '../volumes/read.ts';
import { composed, type Judgement, judged, type PlannedItem, premiseOf, protectedBy } from './judgement.ts';
import { fits, type VolumeWish } from './wish.ts';

/** What a volume is judged by, besides itself. A later reason for a volume to stay is one more fact here. */
export interface VolumeFacts {
  readonly project: string | null;
  /** Containers of this host that have it, in any state, such as `web (exited)`. */
  readonly users: readonly string[];
  /** Why it may be in use on another host, in sentences. */
  readonly usersElsewhere: readonly string[];
  /** Name of the repository that it holds. */
  readonly repository: string | null;
  /** Name of the share that offers it. */
  readonly share: string | null;
  /** Jobs that work on it or are going to. */
  readonly jobs: readonly string[];
  /** When a container had it last, as far as it was watched. */
  readonly lastUsedAt: Date | null;
  /** Since when it is watched. */
  readonly firstSeenAt: Date | null;
  /** What was measured last; null when it never was. */
  readonly bytes: number | null;
}

const noticedWithinMs = 10_000;

/** Labels of volumes that are worth a question: with one of them a volume goes only when it is named. */
const guardedLabels = { 'stowage.policy': 'a policy', 'stowage.share': 'a share' };

/** Anonymous volumes were made by a container that did not name them. Older engines do not say so in a label. */
export function isAnonymous({ name, labels }: Pick<EngineVolume, 'name' | 'labels'>): boolean {
  return 'com.docker.volume.anonymous' in labels || /^[0-9a-f]{64}$/.test(name);
}

/** Whether a volume goes: one that is proven to be unused, that nothing protects, and that was asked for. */
export function judgeVolume(
  volume: EngineVolume,
  facts: VolumeFacts,
  wish: VolumeWish,
  protectedLabels: readonly string[],
): Judgement {
  const { labels } = volume;
  const unusedSince = unusedSinceOf(volume, facts);
  return judged(
    [
      facts.users.length > 0 ? `Containers have it: ${facts.users.join(', ')}.` : null,
      ...facts.usersElsewhere,
      facts.repository === null ? null : `It holds the repository "${facts.repository}".`,
      labels['stowage.role'] === 'repository' && facts.repository === null ? 'It holds a repository of backups.' : null,
      labels['stowage.role'] === 'permission-record' ? 'It holds what undoes a repair of permissions.' : null,
      facts.jobs.length > 0 ? `Jobs work on it: ${facts.jobs.join(', ')}.` : null,
      protectedBy(labels, protectedLabels),
      ...guards(volume, facts, wish),
      !wish.all && !isAnonymous(volume) ? 'It has a name; `all`: true takes it too.' : null,
      composed(labels, wish.compose),
      usedLately(unusedSince, wish.unusedSince),
      usedAfter(facts.lastUsedAt, wish.plannedAt),
    ],
    [
      unusedSince === null
        ? 'No container has it.'
        : `No container has it, or is known to have had it since ${unusedSince.toISOString()}.`,
    ],
  );
}

/** The volumes that a wish is about, judged. `factsOf` gives what is known of one. */
export function planVolumes(
  volumes: readonly EngineVolume[],
  factsOf: (volume: EngineVolume) => VolumeFacts,
  wish: VolumeWish,
  protectedLabels: readonly string[],
): PlannedItem[] {
  return volumes
    .filter(({ labels }) => fits(labels, wish.labels))
    .map((volume) => {
      const { name, driver, options, labels, createdAt } = volume;
      const facts = factsOf(volume);
      return {
        kind: 'volume',
        id: name,
        name,
        bytes: isMountedFromElsewhere(volume) ? 0 : facts.bytes,
        ...judgeVolume(volume, facts, wish, protectedLabels),
        project: facts.project,
        snapshotFirst: !isAnonymous(volume),
        premise: premiseOf(driver, options, labels, createdAt, facts.project),
      };
    });
}

function guards({ name, labels }: EngineVolume, { share }: VolumeFacts, { includeProtected }: VolumeWish): string[] {
  if (includeProtected.has(name)) return [];
  const shares = share === null ? [] : [`the share "${share}"`];
  const labelled = Object.entries(guardedLabels).flatMap(([label, what]) => (label in labels ? [what] : []));
  return [...shares, ...labelled].map(
    (what) => `It has ${what}; \`includeProtected\` takes it when it is named there.`,
  );
}

/** The end of a use is written down when it is noticed, which may be a little later. */
function usedAfter(lastUsedAt: Date | null, plannedAt: Date): string | null {
  if (lastUsedAt === null || lastUsedAt.getTime() <= plannedAt.getTime() + noticedWithinMs) return null;
  return `A container had it at ${lastUsedAt.toISOString()}, after the plan was made.`;
}

/** Before it was watched anybody may have used it. */
function unusedSinceOf({ createdAt }: EngineVolume, { lastUsedAt, firstSeenAt }: VolumeFacts): Date | null {
  if (firstSeenAt === null) return null;
  return new Date(Math.max(firstSeenAt.getTime(), createdAt?.getTime() ?? 0, lastUsedAt?.getTime() ?? 0));
}

function usedLately(unusedSince: Date | null, wanted: Date | null): string | null {
  if (wanted === null) return null;
  if (unusedSince === null) return 'Since when it is unused is not known.';
  return unusedSince <= wanted
    ? null
    : `It is known to be unused since ${unusedSince.toISOString()} only, not since ${wanted.toISOString()}.`;
}
