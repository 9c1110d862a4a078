import type { RepositoryMedium } from '../repositories/model.ts';

/** The newest good snapshot of a volume in one repository. */
export interface HeldCopy {
  readonly repository: string;
  readonly medium: RepositoryMedium;
  readonly offSite: boolean;
  readonly takenAt: Date;
}

/** How the copies of a volume stand against the rule of 3 copies on 2 media, 1 of them off-site. */
export interface CopiesJudgement<Copy extends HeldCopy> {
  readonly satisfied: boolean;
  /** The volume itself is the first. */
  readonly copies: number;
  readonly media: readonly RepositoryMedium[];
  readonly offSite: number;
  /** What is missing, a sentence each. */
  readonly missing: readonly string[];
  readonly held: readonly (Copy & { readonly counts: boolean })[];
}

const required = { copies: 3, media: 2, offSite: 1 };
const mediumOfVolumes: RepositoryMedium = 'disk';
/** A copy that is so much older than the newest one holds another state of the data. */
const longestLagSeconds = 7 * 24 * 3600;

/** Judges the copies of a volume that is there: one for each repository that has a good snapshot of it. */
export function judgeCopies<Copy extends HeldCopy>(copies: readonly Copy[]): CopiesJudgement<Copy> {
  const newest = Math.max(...copies.map(({ takenAt }) => takenAt.getTime()));
  const held = copies.map((copy) => ({
    ...copy,
    counts: newest - copy.takenAt.getTime() <= longestLagSeconds * 1000,
  }));
  const counted = held.filter(({ counts }) => counts);
  const media = [...new Set([mediumOfVolumes, ...counted.map(({ medium }) => medium)])].sort();
  const offSite = counted.filter((copy) => copy.offSite).length;
  const count = counted.length + 1;
  const missing = [
    ...(count < required.copies ? [copiesMissing(count)] : []),
    ...(media.length < required.media ? [mediaMissing(counted.length)] : []),
    ...(offSite < required.offSite ? [offSiteMissing] : []),
    ...held.filter(({ counts }) => !counts).map(lagging),
  ];
  const satisfied = count >= required.copies && media.length >= required.media && offSite >= required.offSite;
  return { satisfied, copies: count, media, offSite, missing, held };
}

function copiesMissing(count: number): string {
  const more = required.copies - count;
  const remedy = count === 1 ? 'back it up' : 'back it up into another repository, or have its backups copied there';
  const there =
    count === 1 ? 'There is no copy besides the volume itself' : `There are ${count} copies, the volume included`;
  return `${there}; ${more === 1 ? 'one more is' : `${more} more are`} needed: ${remedy}.`;
}

function mediaMissing(copies: number): string {
  const what = copies === 0 ? 'The volume is on disk' : 'All copies are on disk';
  return `${what}; one copy belongs on another medium, such as object storage or tape.`;
}

const offSiteMissing = 'No copy is off-site; one belongs into a repository that survives the loss of this place.';

function lagging({ repository, takenAt }: HeldCopy): string {
  return `The copy in repository "${repository}" is of ${takenAt.toISOString().slice(0, 10)}, over a week older than the newest one, and does not count.`;
}
