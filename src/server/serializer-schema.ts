/**
 * The schema that a serializer is compiled from. Without `$id`: each named part stands in full where it is used, since
 * serializers are compiled per route, where the same name would otherwise be declared twice. And with `nullable` in place
 * of a choice between something and null, which a serializer would make by validating each value (a page of mounts took
 * four times as long).
 */
export function serializerSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(serializerSchema);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(([key]) => key !== '$id');
  return withNullable(Object.fromEntries(entries.map(([key, value]) => [key, serializerSchema(value)])));
}

function withNullable(schema: Record<string, unknown>): Record<string, unknown> {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema;
  const [something, nothing] = anyOf;
  return nothing?.type === 'null' && typeof something?.type === 'string'
    ? { ...rest, ...something, nullable: true }
    : schema;
}
