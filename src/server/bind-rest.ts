import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { invoke } from '../invoke.ts';
import { answerEvents } from './answer-events.ts';
import { answerFile } from './answer-file.ts';
import { answerJson } from './answer-json.ts';
import { eventStream } from './http-server.ts';
import type { Route } from './rest-binding.ts';
import type { Call, ContextOf } from './rest-call.ts';
import { placesOf, readInput } from './rest-input.ts';
import { serializerSchema } from './serializer-schema.ts';

/** Serves operations at their REST addresses. `invoke` enforces the schemas; Fastify only drops what an output must not show. */
export function bindRest(app: FastifyInstance, routes: readonly Route[], contextOf: ContextOf): void {
  const draining = new AbortController();
  app.addHook('preClose', async () => draining.abort());
  for (const route of routes) {
    bindRoute(app, route, contextOf, draining.signal);
    const { answer } = route;
    if (answer.kind === 'events' && answer.alsoAt !== undefined)
      bindRoute(app, { ...route, url: answer.alsoAt }, contextOf, draining.signal, { accept: eventStream });
  }
}

function bindRoute(
  app: FastifyInstance,
  route: Route,
  contextOf: ContextOf,
  draining: AbortSignal,
  constraints: Record<string, string> = {},
): void {
  const { operation, method, url, status, answer } = route;
  const places = placesOf(operation, method, url);
  const contexts = new WeakMap<FastifyRequest, Context>();
  const schema = answer.kind === 'file' ? {} : { response: { [status]: serializerSchema(operation.output) } };

  app.route({
    method,
    url,
    schema,
    constraints,
    // Before the body is read: who is nobody need not send one. The door refuses them, and audits it.
    async onRequest(request) {
      const context = await contextOf(request);
      if (context.actor === null) await invoke(operation, context, undefined);
      contexts.set(request, context);
    },
    async handler(request, reply) {
      const context = contexts.get(request) ?? (await contextOf(request));
      const { params, query, body, headers } = request;
      const input = readInput(places, { params, query, body, ifMatch: headers['if-match'] });
      return answerTo({ route, request, reply, context, input, contextOf, draining });
    },
  });
}

function answerTo(call: Call): Promise<FastifyReply> {
  switch (call.route.answer.kind) {
    case 'json':
      return answerJson(call);
    case 'file':
      return answerFile(call);
    case 'events':
      return answerEvents(call, call.route.answer);
  }
}
