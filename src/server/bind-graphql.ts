import type { FastifyInstance, FastifyRequest } from 'fastify';
import mercurius, { type MercuriusContext } from 'mercurius';
import type { Context } from '../context.ts';
import { formatErrors } from './graphql-errors.ts';
import { guardDocuments } from './graphql-guards.ts';
import { makeLoaders, makeResolvers } from './graphql-resolvers.ts';
import { describeGraphql, type GraphqlParts } from './graphql-sdl.ts';
import { giveErrorsCodes } from './graphql-socket-errors.ts';
import type { QueryLimits } from './query-limits.ts';

export interface GraphqlOptions {
  readonly parts: GraphqlParts;
  readonly limits: QueryLimits;
  /** The caller of a request; of a WebSocket connection with the credential of its `connection_init`, when that has one. */
  readonly contextOf: (request: FastifyRequest, authorization?: string) => Promise<Context>;
}

declare module 'mercurius' {
  interface MercuriusContext {
    /** The request as a call of operations. */
    call: Context;
    /** The call with the credential looked at again: that of a connection may have expired since. */
    currentCall: () => Promise<Context>;
    /** The request that a connection began with. */
    request?: FastifyRequest;
    /** Aborted when the server closes. */
    draining: AbortSignal;
  }
}

/** Serves operations at /graphql: queries and mutations over HTTP, subscriptions over WebSocket. */
export async function bindGraphql(app: FastifyInstance, { parts, limits, contextOf }: GraphqlOptions): Promise<void> {
  const draining = new AbortController();
  app.addHook('preClose', async () => draining.abort());

  await app.register(mercurius, {
    schema: Object.values(describeGraphql(parts)).join('\n'),
    resolvers: makeResolvers(parts),
    loaders: makeLoaders(parts),
    jit: 1,
    context: async (request) => ({ call: await contextOf(request) }),
    errorFormatter: (execution, context) => formatErrors(execution, requestIdOf(context), app.log),
    subscription: {
      context(socket, request) {
        giveErrorsCodes(socket, request.id, request.log);
        return { request, draining: draining.signal };
      },
    },
  });
  guardDocuments(app, limits, contextOf);
}

/** Mercurius formats errors with three kinds of contexts: of a request, of one that could not be read, of a connection. */
function requestIdOf({ call, reply, request }: Partial<MercuriusContext>): string {
  return call?.requestId ?? (reply?.request ?? request)?.id ?? '';
}
