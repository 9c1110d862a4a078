import { randomUUID } from 'node:crypto';
import jwt from '@fastify/jwt';
import Fastify from 'fastify';
import type { Sessions } from '../access/sessions.ts';
import { fail } from '../errors.ts';
import type { Vault } from '../vault.ts';

const issuer = 'stowage';
const audience = 'stowage-api';
const algorithm = 'HS256';

/**
 * Sessions as JWTs. The algorithm is pinned on both sides: what a token says of itself decides nothing. The key is derived
 * from the master key, so every replica takes the tokens of the others.
 */
export async function jwtSessions(vault: Vault, seconds: number): Promise<Sessions> {
  const signer = Fastify({ logger: false });
  await signer.register(jwt, {
    secret: Buffer.from(vault.derive('session')),
    sign: { algorithm, iss: issuer, aud: audience },
    // A claim that is only "allowed" may be absent; those that are required may not.
    verify: {
      algorithms: [algorithm],
      allowedIss: issuer,
      allowedAud: audience,
      requiredClaims: ['iss', 'aud', 'sub', 'exp', 'jti'],
    },
  });
  return {
    sign(subject) {
      const exp = Math.floor(Date.now() / 1000) + seconds;
      return { token: signer.jwt.sign({ sub: subject, jti: randomUUID(), exp }), expiresAt: new Date(exp * 1000) };
    },
    verify(token) {
      try {
        const { sub } = signer.jwt.verify<{ sub: string }>(token);
        return sub;
      } catch (cause) {
        if (codeOf(cause) === 'FAST_JWT_EXPIRED')
          throw fail('token_expired', {
            detail: 'The session has expired; exchange the API key for a new one.',
            cause,
          });
        throw fail('unauthenticated', {
          detail: 'The token was not issued here; send an API key, or a session made from one.',
          cause,
        });
      }
    },
  };
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
