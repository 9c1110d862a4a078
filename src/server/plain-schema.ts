/**
 * A schema without `$id`: each named part stands in full where it is used. Serializers are compiled per route, where the
 * same name would otherwise be declared twice.
 */
export function withoutNames(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutNames);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(([key]) => key !== '$id');
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutNames(value)]));
}
