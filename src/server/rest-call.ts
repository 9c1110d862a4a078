import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { Route } from './rest-binding.ts';

/** Who calls, by the headers of a request. It does not throw for a bad credential: the context carries the refusal. */
export type ContextOf = (request: FastifyRequest) => Promise<Context>;

/** One request to a bound route, admitted as far as its identity goes. */
export interface Call {
  readonly route: Route;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly context: Context;
  readonly input: Record<string, unknown>;
  readonly contextOf: ContextOf;
  /** Aborted when the server closes: answers that have no end of their own end then. */
  readonly draining: AbortSignal;
}
