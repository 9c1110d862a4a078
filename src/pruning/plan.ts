import { keyOf, nameOf, type PlannedItem } from './judgement.ts';
import type { PruneItem, PruneKindSummary } from './model.ts';

const named = 5;

/** What there is of each kind, and what would go, in the order of removal. */
export function summarize(items: readonly PruneItem[]): PruneKindSummary[] {
  const kinds = Map.groupBy(items, ({ kind }) => kind);
  return [...kinds].map(([kind, ofKind]) => {
    const leaving = ofKind.filter(({ action }) => action === 'remove');
    return {
      kind,
      remove: leaving.length,
      keep: ofKind.length - leaving.length,
      freesBytes: leaving.reduce((total, { bytes }) => total + (bytes ?? 0), 0),
      unmeasured: leaving.filter(({ bytes }) => bytes === null).length,
    };
  });
}

/** What of a plan does not hold any more, in sentences; what is new since then is no matter of the plan. */
export function changesSince(before: readonly PlannedItem[], now: readonly PlannedItem[]): string[] {
  const current = new Map(now.map((item) => [keyOf(item), item]));
  return before
    .filter(({ action }) => action === 'remove')
    .flatMap((item) => {
      const found = current.get(keyOf(item));
      if (found === undefined) return [`${nameOf(item)} is gone`];
      if (found.action === 'keep') return [`${nameOf(item)} is to stay now: ${found.reasons.join(' ')}`];
      return found.premise === item.premise ? [] : [`${nameOf(item)} is not what it was`];
    });
}

/** The first few of some sentences, and how many more there are. */
export function firstOf(sentences: readonly string[]): string {
  const more = sentences.length - named;
  return `${sentences.slice(0, named).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
