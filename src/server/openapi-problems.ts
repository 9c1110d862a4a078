import { catalogue, type ErrorCode, type ErrorKind, fail } from '../errors.ts';
import { object, T, words } from '../schema.ts';
import { problem, statusOf } from './problem.ts';
import type { Route } from './rest-binding.ts';
import { placesOf } from './rest-input.ts';

const codes = Object.keys(catalogue) as [ErrorCode, ...ErrorCode[]];
const exampleRequestId = '019ab5e4-7c1e-7d3a-9b52-3f6c1d0e8a47';

const Issue = object(
  {
    path: T.String({ description: 'JSON pointer into the input; empty for all of it.' }),
    rule: T.String({ description: 'The rule that is broken.' }),
    message: T.String(),
  },
  { $id: 'InputIssue', description: 'One reason why an input was refused.' },
);

/** Every error answer (RFC 9457). */
export const Problem = object(
  {
    type: T.String({ format: 'uri-reference', description: 'Where the code is explained.' }),
    title: T.String(),
    status: T.Integer({ minimum: 400, maximum: 599 }),
    detail: T.String({ description: 'What is wrong in this case, and what to do.' }),
    code: words('ErrorCode', codes, 'A code of the catalogue; it is never renamed.'),
    instance: T.String({ format: 'uri-reference', description: 'Path of the request.' }),
    requestId: T.String({ description: 'The header `X-Request-Id` of the answer; the log has it too.' }),
    errors: T.Optional(T.Array(Issue)),
  },
  { $id: 'Problem', description: 'Why a request was not carried out.' },
);

/** What fails the same way has one component: its name. */
const nameOfStatus: Record<number, string> = {
  400: 'Invalid',
  401: 'Unauthenticated',
  403: 'Forbidden',
  404: 'Missing',
  409: 'Conflict',
  412: 'PreconditionFailed',
  413: 'TooLarge',
  415: 'UnsupportedMediaType',
  429: 'TooMany',
  500: 'Internal',
  502: 'Upstream',
  503: 'Unavailable',
};

/** `components.responses`: one for each of these statuses, with an example of each of its codes. */
export function problemResponses(statuses: ReadonlySet<number>): Record<string, unknown> {
  const byStatus = [...Map.groupBy(codes, statusOf)].filter(([status]) => statuses.has(status));
  return Object.fromEntries(
    byStatus.sort(([a], [b]) => a - b).map(([status, group]) => [nameOfStatus[status], problemResponse(group)]),
  );
}

function problemResponse(group: readonly ErrorCode[]): unknown {
  const examples = group.map((code) => [code, { summary: catalogue[code].title, value: exampleProblem(code) }]);
  return {
    description: group.map((code) => `\`${code}\``).join(', '),
    headers: { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } },
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

function exampleProblem(code: ErrorCode): unknown {
  const errors =
    code === 'invalid_input' ? [{ path: '/limit', rule: 'maximum', message: 'must be <= 500' }] : undefined;
  const failure = fail(code, { detail: `${catalogue[code].title}.`, ...(errors === undefined ? {} : { errors }) });
  return problem(failure, '/v1/volumes', exampleRequestId);
}

const kindsOfAll: readonly ErrorKind[] = ['invalid', 'unauthenticated', 'forbidden', 'internal', 'unavailable'];

/** The error answers that a route can give, by status. */
export function problemsOf({ operation, method, url }: Route): Record<string, unknown> {
  const { path, inBody, ifMatch } = placesOf(operation, method, url);
  const statuses = new Set(codes.filter((code) => kindsOfAll.includes(catalogue[code].kind)).map(statusOf));
  if (path.length > 0) statuses.add(404);
  if (operation.kind === 'command') for (const status of [404, 409, 502]) statuses.add(status);
  if (ifMatch) statuses.add(412);
  if (inBody) statuses.add(413);
  if (!inBody) statuses.delete(415);
  return Object.fromEntries(
    [...statuses]
      .sort((a, b) => a - b)
      .map((status) => [status, { $ref: `#/components/responses/${nameOfStatus[status]}` }]),
  );
}
