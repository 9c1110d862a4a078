import { Type as T, type TObject, type TSchema } from 'typebox';
import Value from 'typebox/value';
import { fail, type InputIssue } from '../errors.ts';
import type { AnyOperation } from '../operation.ts';
import type { Method } from './rest-binding.ts';

/** The parts of a request that an input is read from. */
export interface RequestParts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly ifMatch: string | undefined;
}

/** Where the fields of an operation's input stand in a request. */
export interface InputPlaces {
  readonly path: readonly string[];
  /** Fields of the query string (GET, DELETE) or of the body (the other methods). */
  readonly rest: TObject;
  readonly inBody: boolean;
  readonly ifMatch: boolean;
}

/** Divides the input of an operation among the places of a request. */
export function placesOf({ input }: AnyOperation, method: Method, url: string): InputPlaces {
  const path = [...url.matchAll(/:(\w+)/g)].flatMap(([, name]) => name ?? []);
  const ifMatch = 'expectedVersion' in input.properties;
  const elsewhere = new Set(ifMatch ? [...path, 'expectedVersion'] : path);
  const rest = Object.entries<TSchema>(input.properties).filter(([name]) => !elsewhere.has(name));
  return { path, rest: T.Object(Object.fromEntries(rest)), inBody: method !== 'GET' && method !== 'DELETE', ifMatch };
}

/** Puts the input together. Throws `invalid_input` for a field that stands in the wrong place; what it holds is checked by the operation. */
export function readInput(
  places: InputPlaces,
  { params, query, body, ifMatch }: RequestParts,
): Record<string, unknown> {
  const fromQuery = fieldsOf(query);
  const fromBody = readBody(body);
  const [fields, strays] = places.inBody ? [fromBody, fromQuery] : [convert(places.rest, fromQuery), fromBody];
  refuseMisplaced([...Object.keys(strays), ...Object.keys(fields).filter((name) => isElsewhere(places, name))]);
  const version = readIfMatch(places, ifMatch);
  return { ...fields, ...fieldsOf(params), ...(version === undefined ? {} : { expectedVersion: version }) };
}

function isElsewhere({ path, ifMatch }: InputPlaces, name: string): boolean {
  return path.includes(name) || (ifMatch && name === 'expectedVersion');
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function readBody(body: unknown): Record<string, unknown> {
  if (body === undefined) return {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return fieldsOf(body);
  throw fail('invalid_input', {
    detail: 'The body must be a JSON object.',
    errors: [{ path: '', rule: 'type', message: 'must be object' }],
  });
}

/** A query string holds words only: numbers, booleans and lists are made of them by the schema. */
function convert(schema: TObject, query: Record<string, unknown>): Record<string, unknown> {
  const lists = Object.entries(query).map(([name, value]) => [
    name,
    isList(schema.properties[name]) && !Array.isArray(value) ? [value] : value,
  ]);
  return fieldsOf(Value.Convert(schema, Object.fromEntries(lists)));
}

function isList(schema: TSchema | undefined): boolean {
  return schema !== undefined && 'type' in schema && schema.type === 'array';
}

function refuseMisplaced(names: readonly string[]): void {
  if (names.length === 0) return;
  const errors = names.map(
    (name): InputIssue => ({
      path: `/${name}`,
      rule: 'place',
      message: `"${name}" does not belong in this part of the request`,
    }),
  );
  throw fail('invalid_input', { detail: `${names.join(', ')}: not in this part of the request.`, errors });
}

/** `"3"` or `"3.<digest>"`, as the header `ETag` of an answer has it. */
function readIfMatch({ ifMatch }: InputPlaces, header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  if (!ifMatch) throw fail('invalid_input', 'If-Match: this operation does not compare versions.');
  const version = /^"(\d{1,10})(?:\.[\w-]+)?"$/.exec(header)?.[1];
  if (version === undefined)
    throw fail('invalid_input', `If-Match: ${header} is not an ETag of this API, such as "3".`);
  return Number(version);
}
