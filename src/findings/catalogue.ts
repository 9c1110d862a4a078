import type { Rule, SubjectKind } from './rule.ts';
import { tmpfsWithoutSize } from './rules/tmpfs.ts';

/** Every rule, by its id. */
export const rules: readonly Rule[] = [tmpfsWithoutSize];

const byKind = Map.groupBy(rules, ({ subject }) => subject);

/** The rules about one kind of subject. */
export function rulesAbout<K extends SubjectKind>(kind: K): readonly Rule<K>[] {
  return (byKind.get(kind) ?? []).filter((rule): rule is Rule<K> => rule.subject === kind);
}

const byId = new Map(rules.map((rule) => [rule.id, rule]));

/** Null when there is no such rule. */
export function findRule(id: string): Rule | null {
  return byId.get(id) ?? null;
}
