import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { fail } from '../errors.ts';
import type { Log } from '../log.ts';
import { translateHttpError } from './http-failures.ts';
import { problem, publicFailure } from './problem.ts';

interface ServerOptions {
  readonly log: Log;
  /** Largest request body. */
  readonly bodyBytes: number;
  /** Networks of proxies that say where a call comes from; nobody else is believed. */
  readonly trustedProxies: readonly string[];
}

/** An HTTP server without routes: request ids, problem documents for all errors, and headers that keep browsers careful. */
export function createServer({ log, bodyBytes, trustedProxies }: ServerOptions): FastifyInstance {
  const app = Fastify({
    loggerInstance: log,
    bodyLimit: bodyBytes,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    genReqId: ({ headers }) => acceptedRequestId(headers['x-request-id']) ?? randomUUID(),
    routerOptions: { maxParamLength: 512, constraints: { accept: byAccept } },
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    forceCloseConnections: 'idle',
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, ...carefulHeaders });
  });
  app.removeContentTypeParser('text/plain');
  acceptEmptyJson(app);
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(fail('route_not_found', `There is no ${request.method} ${pathOf(request)}.`), request, reply),
  );
  return app as unknown as FastifyInstance;
}

export const eventStream = 'text/event-stream';

/** Lets one address answer who accepts server-sent events with a stream, and everybody else with the state now. */
const byAccept = {
  name: 'accept',
  storage() {
    const handlers = new Map<string, never>();
    return {
      get: (type: string) => handlers.get(type) ?? null,
      set: (type: string, handler: never) => void handlers.set(type, handler),
    };
  },
  deriveConstraint: ({ headers }: IncomingMessage) =>
    headers.accept?.includes(eventStream) === true ? eventStream : 'anything',
};

/** For answers that are data; pages set a policy of their own. */
const carefulHeaders = {
  'cache-control': 'private, no-cache',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

function acceptedRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : undefined;
}

/** Many clients name a content type also where they send no body: that is no body, not bad JSON. */
function acceptEmptyJson(
  app: Pick<FastifyInstance, 'getDefaultJsonParser' | 'removeContentTypeParser' | 'addContentTypeParser'>,
): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body, done);
  });
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = publicFailure(translateHttpError(error), request.id);
  if (failure.kind === 'internal') request.log.error({ err: error }, 'an unexpected error');
  const document = problem(failure, pathOf(request), request.id);
  if (document.status === 401) reply.header('www-authenticate', 'Bearer');
  if (failure.retryAfterSeconds !== undefined) reply.header('retry-after', failure.retryAfterSeconds);
  return reply.code(document.status).type('application/problem+json').send(JSON.stringify(document));
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?')[0] ?? url;
}
