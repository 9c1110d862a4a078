import type { PlainSchema } from './graphql-types.ts';

/**
 * Makes GraphQL arguments what the operation expects. Clients send null for "not given": it is kept only where the schema
 * gives null a meaning of its own. The objects of GraphQL have no prototype; these have.
 */
export function plainInput(value: unknown, schema: PlainSchema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => plainInput(item, schema?.items));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([name, field]) => field !== null || allowsNull(schema?.properties?.[name]),
  );
  return Object.fromEntries(
    entries.map(([name, field]) => [name, plainInput(field, variantOf(schema?.properties?.[name]))]),
  );
}

function allowsNull(schema: PlainSchema | undefined): boolean {
  return schema?.anyOf?.some(({ type }) => type === 'null') ?? false;
}

function variantOf(schema: PlainSchema | undefined): PlainSchema | undefined {
  return schema?.anyOf?.find(({ type }) => type !== 'null') ?? schema;
}
