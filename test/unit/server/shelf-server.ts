import type { FastifyInstance, InjectOptions } from 'fastify';
import type { Actor, Role } from '../../../src/access/roles.ts';
import { readConfig } from '../../../src/config.ts';
import type { Ports } from '../../../src/context.ts';
import { fail } from '../../../src/errors.ts';
import { createLog } from '../../../src/log.ts';
import { buildServer } from '../../../src/server/build-server.ts';
import { createTelemetry } from '../../../src/telemetry.ts';
import { openVault } from '../../../src/vault.ts';
import { batches, bookGraphql, bookRoutes, books } from './shelf.ts';

/** A server with the books of shelf.ts, and callers named after their roles. */
export interface ShelfServer {
  readonly app: FastifyInstance;
  /** What was audited: operation, outcome and code. */
  readonly audit: string[];
  /** What a credential is refused with from now on. */
  readonly refusals: Map<string, Error>;
  rest(method: InjectOptions['method'], url: string, options?: RestOptions): Promise<Answer>;
  graphql(query: string, options?: GraphqlOptions): Promise<Answer>;
}

interface RestOptions {
  readonly as?: string | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

interface GraphqlOptions extends RestOptions {
  readonly variables?: object;
  readonly operationName?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly body: any;
  /** The error code, in whichever interface. */
  readonly code: string | undefined;
}

const callers: Record<string, Actor['grants']> = {
  admin: [{ role: 'admin', project: null }],
  viewer: [{ role: 'viewer', project: null }],
  auditor: [{ role: 'auditor', project: null }],
  nobody: [],
  'viewer of a': [{ role: 'viewer', project: 'a' }],
  'admin of a, viewer of b': [
    { role: 'admin', project: 'a' },
    { role: 'viewer' as Role, project: 'b' },
  ],
};

/** Starts a server with three books: one and two on shelf a, three on shelf b. */
export async function startShelf(environment: Record<string, string> = {}): Promise<ShelfServer> {
  books.clear();
  batches.length = 0;
  for (const [shelf, title] of [
    ['a', 'one'],
    ['a', 'two'],
    ['b', 'three'],
  ] as const)
    books.set(`${shelf}/${title}`, {
      shelf,
      title,
      binding: 'paper',
      bytes: 5_000_000_000_000,
      note: 'n',
      labels: { k: 'v' },
      author: title === 'two' ? 'Bob' : 'Ada',
      version: 1,
      secret: 'hush',
    });

  const audit: string[] = [];
  const refusals = new Map<string, Error>();
  const app = await buildServer(fakePorts(audit, environment), {
    routes: bookRoutes,
    graphqlParts: { books: bookGraphql },
    otherMetrics: async () => [],
    authenticate: async (_ports, header) => {
      const name = header?.replace('Bearer ', '') ?? '';
      const refusal = refusals.get(name);
      if (refusal !== undefined) throw refusal;
      if (header === undefined) return null;
      const grants = callers[name];
      if (grants === undefined) throw fail('unauthenticated', 'No such key.');
      return { subject: `key:${name}`, name, grants };
    },
  });
  await app.ready();

  const call = async (options: InjectOptions): Promise<Answer> => {
    const { statusCode, headers, body } = await app.inject(options);
    const json = String(headers['content-type']).includes('json') ? JSON.parse(body) : undefined;
    return {
      status: statusCode,
      headers,
      text: body,
      body: json,
      code: json?.code ?? json?.errors?.[0]?.extensions?.code,
    };
  };
  const authorization = (as: string | null = 'admin') => (as === null ? {} : { authorization: `Bearer ${as}` });

  return {
    app,
    audit,
    refusals,
    rest: (method, url, { as, body, headers } = {}) =>
      call({
        method,
        url,
        headers: { ...authorization(as), ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      } as InjectOptions),
    graphql: (query, { as, variables, operationName, headers } = {}) =>
      call({
        method: 'POST',
        url: '/graphql',
        headers: { ...authorization(as), ...headers },
        payload: { query, variables, operationName },
      }),
  };
}

function fakePorts(audit: string[], environment: Record<string, string>): Ports {
  const create = async ({ data }: { data: { operation: string; outcome: string; code: string | null } }) => {
    audit.push([data.operation, data.outcome, data.code].filter((part) => part !== null).join(' '));
  };
  const ports: Partial<Ports> = {
    config: readConfig(environment),
    log: createLog('silent'),
    telemetry: createTelemetry({ ofProcess: true }),
    vault: openVault(new Uint8Array(32)),
    db: { auditEvent: { create }, $queryRaw: async () => [] } as never,
    engines: { names: () => ['local'], get: () => ({ info: async () => ({}) }) } as never,
    queue: { check: async () => undefined } as never,
  };
  return ports as Ports;
}
