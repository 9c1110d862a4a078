import { decodeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { toFindingRule } from './finding-row.ts';
import type { Treatments } from './judge.ts';
import type { FindingRule } from './model.ts';
import type { Rule } from './rule.ts';

/** A page of rules, by their id. Throws `invalid_cursor`. */
export function pageOfRules(
  rules: readonly Rule[],
  treatments: Treatments,
  limit: number,
  cursor?: string,
): Page<FindingRule> {
  const [after = ''] = cursor === undefined ? [] : decodeCursor(cursor, 1);
  const sorted = rules.filter(({ id }) => id > after).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return toPage(
    sorted,
    limit,
    ({ id }) => [id],
    (rule) => toFindingRule(rule, treatments.get(rule.id) === 'off'),
  );
}
