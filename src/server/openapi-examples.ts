/** A JSON schema, as far as examples are made of it. */
interface ExampleSchema {
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly ExampleSchema[];
  readonly type?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: ExampleSchema;
  readonly properties?: Readonly<Record<string, ExampleSchema>>;
  readonly patternProperties?: Readonly<Record<string, ExampleSchema>>;
}

const formats: Readonly<Record<string, unknown>> = {
  'date-time': '2026-11-24T08:30:00.000Z',
  uuid: '019ab5e4-7c1e-7d3a-9b52-3f6c1d0e8a47',
  int64: 1_048_576,
};

/** What fields of these names hold in the examples, where they are words. */
const words: Readonly<Record<string, string>> = {
  confirm: 'data',
  container: 'shop-db-1',
  cursor: 'WyJkYXRhIl0',
  detail: 'What is wrong in this case.',
  driver: 'local',
  environment: 'production',
  helper: 'stowage-019ab5e4-1',
  host: 'local',
  image: 'postgres:17',
  message: 'What happened.',
  mountpoint: '/var/lib/docker/volumes/data/_data',
  name: 'data',
  path: '/data',
  project: 'shop',
  repository: 'default',
  requestedBy: 'key:019ab5e4-7c1e-7d3a-9b52-3f6c1d0e8a47',
  snapshot: '5f3c1d0e8a47019ab5e47c1e7d3a9b525f3c1d0e8a47019ab5e47c1e7d3a9b52',
  source: '/var/lib/docker/volumes/data/_data',
  subject: 'key:019ab5e4-7c1e-7d3a-9b52-3f6c1d0e8a47',
  target: '/var/lib/postgresql/data',
  url: 'http://repository:8000/shop',
  volume: 'data',
};

/** An example of a schema: the one that it gives itself (`examples`), else one made of its type. `name` is what it is the value of. */
export function exampleOf(schema: ExampleSchema, name: string): unknown {
  const own = schema.examples?.[0] ?? schema.default ?? schema.const ?? schema.enum?.[0];
  if (own !== undefined) return own;
  if (schema.anyOf?.[0] !== undefined) return exampleOf(schema.anyOf[0], name);
  if (schema.format !== undefined && schema.format in formats) return usualOf(schema.format, schema.maximum);
  switch (schema.type) {
    case 'string':
      return (words[name] ?? name).padEnd(schema.minLength ?? 0, '-').slice(0, schema.maxLength);
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1);
    case 'array':
      return [exampleOf(schema.items ?? {}, name)];
    case 'object':
      return exampleObject(schema);
    case 'null':
      return null;
    default:
      return {};
  }
}

function usualOf(format: string, maximum = Number.POSITIVE_INFINITY): unknown {
  const usual = formats[format];
  return typeof usual === 'number' ? Math.min(usual, maximum) : usual;
}

function exampleObject({ properties, patternProperties = {} }: ExampleSchema): Record<string, unknown> {
  const [values] = Object.values(patternProperties);
  if (properties === undefined && values !== undefined) return { key: exampleOf(values, 'value') };
  return Object.fromEntries(Object.entries(properties ?? {}).map(([name, schema]) => [name, exampleOf(schema, name)]));
}
