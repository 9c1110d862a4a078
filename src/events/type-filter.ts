import { fail } from '../errors.ts';
import { T } from '../schema.ts';
import { eventTypes } from './catalogue.ts';

/** Types of events as filters name them: one type, or all that begin alike. */
export const EventTypes = T.Array(
  T.String({
    minLength: 1,
    maxLength: 100,
    description: 'A type, or the beginning of several with a `*` behind its dot, such as `stowage.job.*`.',
    examples: ['stowage.job.*'],
  }),
  { minItems: 1, maxItems: 50, description: 'Types of events; those that end in `.*` stand for all that begin so.' },
);

/**
 * The types of the catalogue that these filters stand for. Throws `invalid_input` for one that stands for none: it would never
 * match, which nobody means.
 */
export function typesMatching(filters: readonly string[]): string[] {
  const matched = new Set<string>();
  for (const filter of filters) {
    const found = eventTypes.filter((type) => matches(filter, type));
    if (found.length === 0)
      throw fail(
        'invalid_input',
        `/types: "${filter}" stands for no type of events; the types are ${eventTypes.join(', ')}.`,
      );
    for (const type of found) matched.add(type);
  }
  return [...matched];
}

/** Whether an event of this type is one that the filters name. */
export function isAmong(filters: readonly string[], type: string): boolean {
  return filters.some((filter) => matches(filter, type));
}

function matches(filter: string, type: string): boolean {
  return filter.endsWith('.*') ? type.startsWith(filter.slice(0, -1)) : type === filter;
}
