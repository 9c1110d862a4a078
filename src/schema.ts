import type { Readable } from 'node:stream';
import { type Static, Type as T, type TObject, type TProperties, type TSchema, type TSchemaOptions } from 'typebox';

/**
 * The vocabulary of all models. A schema is written once and is the TypeScript type, the validation, the OpenAPI
 * component and the GraphQL type; `$id` is its name there, `x-gql` names a GraphQL scalar.
 */
export type { Static };
export { T };

/** A closed object: unknown fields are refused. With a `$id` it is a named component in OpenAPI and GraphQL. */
export function object<P extends TProperties>(properties: P, options: TSchemaOptions = {}): TObject<P> {
  return T.Object(properties, { additionalProperties: false, ...options });
}

/** A value that is always present but may be null. */
export function nullable<S extends TSchema>(schema: S) {
  return T.Union([schema, T.Null()]);
}

/** A closed set of words, named in OpenAPI and GraphQL. */
export function words<const V extends readonly [string, ...string[]]>(name: string, values: V, description: string) {
  return T.Unsafe<V[number]>(T.Enum([...values], { $id: name, description }));
}

export const Bytes = T.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  format: 'int64',
  'x-gql': 'Bytes',
  description: 'Number of bytes, exact up to 2^53-1.',
});

/** A count that may exceed 31 bits, such as files of a volume. */
export const Count = T.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  format: 'int64',
  'x-gql': 'Count',
  description: 'A count, exact up to 2^53-1.',
});

export const DateTime = T.String({ format: 'date-time', 'x-gql': 'DateTime', description: 'RFC 3339, in UTC.' });
export const Uuid = T.String({ format: 'uuid', 'x-gql': 'ID' });
export const Seconds = T.Number({ minimum: 0, description: 'Seconds, with fractions.' });
export const Version = T.Integer({ minimum: 1, maximum: 2 ** 31 - 1, description: 'Counts the edits; the ETag.' });

/** Names to strings, as Docker's labels and driver options are. */
export const StringMap = T.Record(T.String({ minLength: 1, maxLength: 256 }), T.String({ maxLength: 4096 }), {
  maxProperties: 64,
  'x-gql': 'StringMap',
  description: 'An object whose values are strings.',
});

export const HostName = T.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-z0-9][a-z0-9.-]*$',
  description: 'Name of a Docker host.',
});
/** As Compose takes it. */
export const ComposeProjectName = T.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[a-z0-9][a-z0-9_-]*$',
  examples: ['shop'],
  description: 'Name of the Compose project, as `docker compose ls` shows it.',
});
export const ProjectName = T.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$',
  description: 'Name of a project.',
});

/** Input fields of every list: keyset pages. */
export const paging = {
  limit: T.Optional(
    T.Integer({ minimum: 1, maximum: 500, default: 50, description: 'Items on the page; 50 when absent.' }),
  ),
  cursor: T.Optional(T.String({ minLength: 1, maxLength: 1024, description: '`nextCursor` of the page before.' })),
};

/** Input of a batch loader: which objects of which hosts, as `host/<key>`. */
export function addresses(key: string) {
  return T.Array(T.String(), { maxItems: 1000, description: `\`host/${key}\`` });
}

/** The answer of every list. */
export function page<S extends TSchema>(item: S, name: string) {
  return object(
    {
      items: T.Array(item),
      nextCursor: nullable(T.String({ description: 'Cursor of the next page; null on the last.' })),
    },
    { $id: `${name}Page`, description: `A page of a list; ask for the next one with \`nextCursor\`.` },
  );
}

/** A page as operations return it. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** For PATCH and DELETE of what has a version: refuse with `version_mismatch` when it has changed (REST: If-Match). */
export const expectedVersion = T.Optional(Version);

/** A file as an operation gives it: REST only. `bytes` is null when the size is not known before the end. */
export interface Download {
  readonly stream: Readable;
  readonly fileName: string;
  readonly bytes: number | null;
}

/** The output of an operation that gives a file. */
export const Download = T.Unsafe<Download>(T.Object({}, { description: 'The content of the file.' }));
