import type { FastifyRequest } from 'fastify';
import { type Authenticate, identify } from '../admission.ts';
import type { Context, Ports } from '../context.ts';
import { type CredentialThrottle, credentialThrottle } from './credential-throttle.ts';

type Identity = Awaited<ReturnType<typeof identify>>;

/** Makes the contexts of requests: who calls, by which interface, under which id, with which idempotency key. */
export function requestContexts(ports: Ports, authenticate: Authenticate) {
  const throttle = credentialThrottle(ports.config.wrongCredentials);
  return async (
    request: FastifyRequest,
    via: 'rest' | 'graphql',
    authorization = request.headers.authorization,
  ): Promise<Context> => {
    const key = request.headers['idempotency-key'];
    const known = () => identify(authenticate, ports, authorization, request.ip);
    const identity =
      authorization === undefined ? await known() : await throttled(throttle, request.ip, authorization, known);
    return {
      ports,
      via,
      requestId: request.id,
      idempotencyKey: typeof key === 'string' ? key : undefined,
      ...identity,
    };
  };
}

/** The identity behind a credential, unless too many wrong ones were sent. */
async function throttled(
  throttle: CredentialThrottle,
  address: string,
  credential: string,
  known: () => Promise<Identity>,
): Promise<Identity> {
  const refusal = throttle.refusal(address, credential);
  if (refusal !== null) return { actor: null, refusal };
  const identity = await known();
  if (identity.actor !== null) throttle.wasGood(credential);
  // One that has expired or was revoked was good once: nobody guesses those.
  if (identity.refusal?.code !== 'unauthenticated') return identity;
  return { actor: null, refusal: throttle.wasWrong(address, credential) ?? identity.refusal };
}
