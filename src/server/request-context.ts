import type { FastifyRequest } from 'fastify';
import { type Authenticate, identify } from '../admission.ts';
import type { Context, Ports } from '../context.ts';

/** Makes the contexts of requests: who calls, by which interface, under which id, with which idempotency key. */
export function requestContexts(ports: Ports, authenticate: Authenticate) {
  return async (
    request: FastifyRequest,
    via: 'rest' | 'graphql',
    authorization = request.headers.authorization,
  ): Promise<Context> => {
    const key = request.headers['idempotency-key'];
    const identity = await identify(authenticate, ports, authorization, request.ip);
    return {
      ports,
      via,
      requestId: request.id,
      idempotencyKey: typeof key === 'string' ? key : undefined,
      ...identity,
    };
  };
}
