/** The schemas that have a name, by it: `components.schemas`. */
export type Components = Map<string, unknown>;

/**
 * A schema as OpenAPI has it: each named part (`$id`) becomes a component and is referred to, and what only concerns
 * GraphQL goes. Throws an Error when two different schemas have one name.
 */
export function toOpenApi(schema: unknown, components: Components): unknown {
  if (Array.isArray(schema)) return schema.map((part) => toOpenApi(part, components));
  if (typeof schema !== 'object' || schema === null) return schema;
  const name = '$id' in schema ? schema.$id : undefined;
  const entries = Object.entries(schema).filter(([key]) => key !== '$id' && key !== 'x-gql');
  const plain = Object.fromEntries(entries.map(([key, value]) => [key, toOpenApi(value, components)]));
  return typeof name === 'string' ? component(name, plain, components) : plain;
}

function component(name: string, plain: object, components: Components): object {
  const before = components.get(name);
  if (before !== undefined && JSON.stringify(before) !== JSON.stringify(plain))
    throw new Error(`There are two different schemas with the name ${name}.`);
  components.set(name, plain);
  return { $ref: `#/components/schemas/${name}` };
}
