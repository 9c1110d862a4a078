import { describeRoute, tagOf } from './openapi-operation.ts';
import { Problem, problemResponses, problemsOf } from './openapi-problems.ts';
import { type Components, toOpenApi } from './openapi-schemas.ts';
import { tagDescriptions } from './openapi-tags.ts';
import type { Route } from './rest-binding.ts';

/** The REST API as an OpenAPI 3.1 document. */
export function describeRest(routes: readonly Route[]): object {
  const components: Components = new Map();
  toOpenApi(Problem, components);
  const paths: Record<string, Record<string, object>> = {};
  const operationIds = new Set<string>();
  for (const route of routes) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    const operationId = operationIdOf(route, operationIds);
    operationIds.add(operationId);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route, operationId, components) };
  }
  const tags = [...new Set(routes.map(tagOf))];
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: '/', description: 'The server that this document comes from.' }],
    security: [{ bearer: [] }],
    tags: tags.map((name) => ({ name, description: tagDescriptions[name] ?? '' })),
    paths,
    components: {
      securitySchemes: { bearer },
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
      parameters,
      headers,
      responses: problemResponses(new Set(routes.flatMap((route) => Object.keys(problemsOf(route)).map(Number)))),
    },
  };
}

/** The id of the operation; of its further addresses with what is in them: `volumes.list` and `volumes.list.host`. */
function operationIdOf({ operation, answer, url }: Route, taken: ReadonlySet<string>): string {
  const id = answer.kind === 'events' ? `${operation.id}.events` : operation.id;
  const parameters = [...url.matchAll(/:(\w+)/g)].map(([, name]) => name);
  return taken.has(id) ? [id, ...parameters].join('.') : id;
}

const info = {
  title: 'Stowage',
  version: '1',
  summary: 'The storage control plane for Docker hosts.',
  description: [
    'Volumes, mounts and backups of Docker hosts. Everything here is also in GraphQL, at `/graphql`, except files.',
    '',
    '- Lists are pages: follow `nextCursor` until it is null.',
    '- Errors are `application/problem+json` with a stable `code`; all codes are listed at `/docs/errors`.',
    '- Work that takes time answers `202` with its job, whose address is in `Location`.',
    '- Send an `Idempotency-Key` with what must not happen twice, and repeat the request at will.',
  ].join('\n'),
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
};

const bearer = {
  type: 'http',
  scheme: 'bearer',
  description: 'An API key of Stowage, a JWT that it was exchanged for, or a token of the configured OIDC issuer.',
};

const etag = '"3.bWlsZXN0b25lLTA"';

const parameters = {
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'The same key with the same request gives the same answer, for a day. Another request with it is refused.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    example: '4e1243bd-22c6-4c1b-9a3e-8b1c7d0f5a66',
  },
  'If-Match': {
    name: 'If-Match',
    in: 'header',
    description: 'The `ETag` that was read; the request is refused when the resource was edited since.',
    schema: { type: 'string' },
    example: etag,
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description: 'An `ETag` that is known; `304` without a body when the answer would be the same.',
    schema: { type: 'string' },
    example: etag,
  },
};

const headers = {
  'X-Request-Id': {
    description: 'Id of the request: the one that was sent, or a new one.',
    schema: { type: 'string' },
    example: '019ab5e4-7c1e-7d3a-9b52-3f6c1d0e8a47',
  },
  Location: {
    description: 'Address of what was made.',
    schema: { type: 'string' },
    example: '/v1/jobs/019ab5e4-7c1e-7d3a-9b52-3f6c1d0e8a47',
  },
  ETag: { description: 'Version and digest of the representation.', schema: { type: 'string' }, example: etag },
};
