import { fail } from '../errors.ts';
import type { PlainSchema } from './graphql-types.ts';

/** Inputs are a few levels deep; what is nested without end would exhaust the stack. */
const deepest = 64;

/**
 * Makes GraphQL arguments what the operation expects. Clients send null for "not given": it is kept only where the schema
 * gives null a meaning of its own. The objects of GraphQL have no prototype; these have.
 */
export function plainInput(value: unknown, schema: PlainSchema | undefined, depth = 0): unknown {
  if (depth > deepest) throw fail('invalid_input', `The input is nested more than ${deepest} levels deep.`);
  if (Array.isArray(value)) return value.map((item) => plainInput(item, schema?.items, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([name, field]) => field !== null || allowsNull(schema?.properties?.[name]),
  );
  return Object.fromEntries(
    entries.map(([name, field]) => [name, plainInput(field, variantOf(schema?.properties?.[name]), depth + 1)]),
  );
}

function allowsNull(schema: PlainSchema | undefined): boolean {
  return schema?.anyOf?.some(({ type }) => type === 'null') ?? false;
}

function variantOf(schema: PlainSchema | undefined): PlainSchema | undefined {
  return schema?.anyOf?.find(({ type }) => type !== 'null') ?? schema;
}
