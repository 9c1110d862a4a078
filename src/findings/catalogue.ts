import type { Rule, SubjectKind } from './rule.ts';
import { tmpfsWithoutSize } from './rules/tmpfs.ts';

/** Every rule, by its id. */
export const rules = [tmpfsWithoutSize] as const satisfies readonly { readonly id: string }[];

/** The rules about one kind of subject. */
export function rulesAbout<K extends SubjectKind>(kind: K): readonly Rule<K>[] {
  return (rules as readonly Rule[]).filter((rule): rule is Rule<K> => rule.subject === kind);
}
