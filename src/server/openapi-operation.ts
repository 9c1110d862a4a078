import type { TSchema } from 'typebox';
import { exampleOf } from './openapi-examples.ts';
import { problemsOf } from './openapi-problems.ts';
import { type Components, toOpenApi } from './openapi-schemas.ts';
import type { Route } from './rest-binding.ts';
import { placesOf } from './rest-input.ts';

/** A route as an operation object of OpenAPI; adds the schemas that it names to `components`. */
export function describeRoute(route: Route, operationId: string, components: Components): object {
  const { summary, description } = route.operation;
  return {
    operationId,
    tags: [tagOf(route)],
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [...parametersOf(route, components), ...headerParametersOf(route)],
    ...requestBodyOf(route, components),
    responses: { [route.status]: successOf(route, components), ...unchangedOf(route), ...problemsOf(route) },
  };
}

/** The domain of a route: the first half of its operation's id. */
export function tagOf({ operation }: Route): string {
  return operation.id.split('.')[0] ?? operation.id;
}

function parametersOf({ operation, method, url }: Route, components: Components): object[] {
  const { path, rest, inBody } = placesOf(operation, method, url);
  const inPath = path.map((name) => parameter(name, 'path', operation.input.properties[name] ?? {}, true, components));
  if (inBody) return inPath;
  const required = requiredOf(operation.input);
  const inQuery = Object.entries<TSchema>(rest.properties);
  return [
    ...inPath,
    ...inQuery.map(([name, schema]) => parameter(name, 'query', schema, required.includes(name), components)),
  ];
}

function parameter(
  name: string,
  place: 'path' | 'query',
  schema: TSchema,
  isRequired: boolean,
  components: Components,
): object {
  const description = 'description' in schema ? { description: schema.description } : {};
  // The reference fills examples in before it sends a request; a filter that nobody asked for would be in the way.
  const example = isRequired ? { example: exampleOf(schema, name) } : {};
  return { name, in: place, required: isRequired, ...description, schema: toOpenApi(schema, components), ...example };
}

function headerParametersOf({ operation, method, url, answer }: Route): object[] {
  const names: string[] = [];
  if (operation.kind === 'command') names.push('Idempotency-Key');
  if (placesOf(operation, method, url).ifMatch) names.push('If-Match');
  if (method === 'GET' && answer.kind === 'json' && hasVersion(operation.output)) names.push('If-None-Match');
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

function requestBodyOf({ operation, method, url }: Route, components: Components): object {
  const { rest, inBody } = placesOf(operation, method, url);
  const names = Object.keys(rest.properties);
  if (!inBody || names.length === 0) return {};
  const required = requiredOf(operation.input).filter((name) => names.includes(name));
  const schema = {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties: rest.properties,
    additionalProperties: false,
  };
  const content = { schema: toOpenApi(schema, components), example: exampleOf(schema as never, operation.id) };
  return { requestBody: { required: required.length > 0, content: { 'application/json': content } } };
}

function successOf(route: Route, components: Components): object {
  const { operation, answer, status, location } = route;
  const headers = [
    'X-Request-Id',
    ...(location === undefined ? [] : ['Location']),
    ...(hasVersion(operation.output) ? ['ETag'] : []),
  ];
  return {
    description: descriptionOf(route),
    headers: Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    ...(status === 204 ? {} : { content: contentOf(answer.kind, operation.output, components) }),
  };
}

function unchangedOf({ method, operation, answer }: Route): object {
  const canBeUnchanged = method === 'GET' && answer.kind === 'json' && hasVersion(operation.output);
  return canBeUnchanged ? { 304: { description: 'The caller has this answer already (`If-None-Match`).' } } : {};
}

function descriptionOf({ status, answer, operation }: Route): string {
  if (answer.kind === 'file') return 'The content of the file.';
  if (answer.kind === 'events') return 'Server-sent events: the state now, and again after each change.';
  if (status === 202) return 'The work is queued; this is its job.';
  return status === 201 ? 'What was made.' : operation.summary;
}

function contentOf(kind: Route['answer']['kind'], output: TSchema, components: Components): object {
  if (kind === 'file')
    return { 'application/octet-stream': { schema: { type: 'string', format: 'binary' }, example: 'bytes' } };
  const schema = toOpenApi(output, components);
  const example = exampleOf(output, 'item');
  if (kind === 'json') return { 'application/json': { schema, example } };
  return {
    'text/event-stream': { schema: { type: 'string' }, example: `id: 1\ndata: ${JSON.stringify(example)}\n\n` },
  };
}

function hasVersion(output: TSchema): boolean {
  return (
    'properties' in output &&
    typeof output.properties === 'object' &&
    output.properties !== null &&
    'version' in output.properties
  );
}

function requiredOf(schema: TSchema): readonly string[] {
  return 'required' in schema && Array.isArray(schema.required) ? schema.required : [];
}
