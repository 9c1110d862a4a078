import { createHash } from 'node:crypto';
import type { PruneAction, PruneItem, PruneKind } from './model.ts';

/** What becomes of an object, and why. */
export interface Judgement {
  readonly action: PruneAction;
  readonly reasons: string[];
}

/** An item with what it was judged by: when that is another one later, the plan no longer matches. */
export interface PlannedItem extends PruneItem {
  readonly premise: string;
}

/** It stays when there is any reason for that; else it goes, for the other reasons. What is no reason is null. */
export function judged(toKeep: readonly (string | null)[], toRemove: string[]): Judgement {
  const reasons = toKeep.filter((reason) => reason !== null);
  return reasons.length > 0 ? { action: 'keep', reasons } : { action: 'remove', reasons: toRemove };
}

type Labels = Readonly<Record<string, string>>;

/** Why labels protect an object: one of `protectedLabels` with any value but `false`. */
export function protectedBy(labels: Labels, protectedLabels: readonly string[]): string | null {
  const label = protectedLabels.find((name) => Object.hasOwn(labels, name) && labels[name] !== 'false');
  return label === undefined ? null : `Its label "${label}" protects it.`;
}

/** Why it is too young. */
export function tooYoung(createdAt: Date | null, before: Date | null): string | null {
  if (before === null) return null;
  if (createdAt === null) return 'When it was made is not known.';
  return createdAt < before
    ? null
    : `It was made at ${createdAt.toISOString()}, which is not before ${before.toISOString()}.`;
}

/** Why Docker Compose will want it again. */
export function composed(labels: Labels, compose: boolean): string | null {
  const project = labels['com.docker.compose.project'];
  if (compose || project === undefined) return null;
  return `Docker Compose made it for "${project}"; \`compose\`: true takes it too.`;
}

/** A digest of what an object was judged by; the order of the keys of labels and options does not matter. */
export function premiseOf(...facts: readonly unknown[]): string {
  const text = JSON.stringify(facts, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** What names an item within its host. */
export function keyOf({ kind, id }: { readonly kind: PruneKind; readonly id: string }): string {
  return `${kind}/${id}`;
}

/** How an item is called where people read it. */
export function nameOf({ kind, name }: { readonly kind: PruneKind; readonly name: string }): string {
  return `${kind}/${name}`;
}
