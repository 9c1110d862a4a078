import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type DocumentNode, Kind, Location, specifiedRules, validate } from 'graphql';
import type { MercuriusContext } from 'mercurius';
import type { Context } from '../context.ts';
import { fail } from '../errors.ts';
import { refuseAnonymous } from '../invoke.ts';
import { graphqlError } from './graphql-errors.ts';
import { type QueryLimits, refuseDeepText, refuseExcess } from './query-limits.ts';

/** What a subscriber's connection knows before its first subscription. */
type Connection = MercuriusContext & { readonly request: FastifyRequest; readonly _connectionInit?: unknown };

/** Refuses documents before they are executed: of who is nobody, in another form than GraphQL's, too deep, too costly. */
export function guardDocuments(
  app: FastifyInstance,
  limits: QueryLimits,
  contextOf: (request: FastifyRequest, authorization?: string) => Promise<Context>,
): void {
  app.graphql.addHook('preParsing', async (_schema, source, { call, reply }) => {
    await refuseAnonymous(call, 'graphql');
    if (reply.request.method !== 'POST') throw fail('invalid_query', 'Send GraphQL requests with POST.');
    refuseDeepText(source);
  });

  app.graphql.addHook('preValidation', async (_schema, document) => {
    // Mercurius would also take a syntax tree in JSON, of any shape.
    if (!(document?.loc instanceof Location)) throw fail('invalid_query', 'The query is not a GraphQL document.');
  });

  app.graphql.addHook('preExecution', async (schema, document, _context, variables) => {
    refuseExcess(schema, document, variables ?? {}, limits);
    // Compiled documents are kept by their text alone; of several operations the first one asked for would answer for all.
    return hasOneOperation(document) ? undefined : { document };
  });

  app.graphql.addHook<Connection>('preSubscriptionExecution', async (schema, document, context) => {
    const { request } = context;
    const authorization = authorizationOf(context._connectionInit);
    context.currentCall = () => contextOf(request, authorization);
    try {
      context.call = await context.currentCall();
      await refuseAnonymous(context.call, 'graphql');
      const [invalid] = validate(schema, document, specifiedRules);
      if (invalid !== undefined) throw invalid;
      refuseExcess(schema, document, {}, limits);
    } catch (error) {
      throw graphqlError(error, request.id, request.log);
    }
  });
}

function hasOneOperation({ definitions }: DocumentNode): boolean {
  return definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length === 1;
}

/** The credential in the payload of `connection_init`, whatever its case: browsers cannot set headers on a WebSocket. */
function authorizationOf(payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const entry = Object.entries(payload).find(([name]) => name.toLowerCase() === 'authorization');
  return typeof entry?.[1] === 'string' ? entry[1] : undefined;
}
