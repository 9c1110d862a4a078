import { fail } from '../errors.ts';
import { eventTypes } from './catalogue.ts';

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

function matches(filter: string, type: string): boolean {
  return filter.endsWith('.*') ? type.startsWith(filter.slice(0, -1)) : type === filter;
}
