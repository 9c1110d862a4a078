import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Config } from '../config.ts';
import { fail, isFailure, messageOf } from '../errors.ts';
import { type Issuer, keysOf } from './oidc-keys.ts';

/** Signatures with a key pair only: with a shared secret, whoever knows the public key could sign. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const clockTolerance = 30;

/**
 * The user behind a token of the configured OIDC issuer: `user:<issuer>|<sub>`. Throws `token_expired`, `unauthenticated`
 * when the token is not good, and `issuer_unavailable`.
 */
export async function verifyIssued(
  { oidc }: Pick<Config, 'oidc'>,
  token: string,
): Promise<{ subject: string; name: string }> {
  if (oidc === undefined) throw fail('unauthenticated', 'No OIDC issuer is configured; send an API key.');
  const payload = await verifiedClaims(oidc, token);
  const { sub } = payload;
  if (typeof sub !== 'string' || !/^\P{Cc}{1,255}$/u.test(sub))
    throw fail('unauthenticated', `The token of ${oidc.issuer} names no usable subject.`);
  return { subject: `user:${oidc.issuer}|${sub}`, name: nameIn(payload) ?? sub };
}

async function verifiedClaims({ issuer, audience, jwksUrl }: Issuer, token: string): Promise<JWTPayload> {
  const keys = await keysOf({ issuer, audience, jwksUrl });
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      clockTolerance,
      requiredClaims: ['sub', 'exp'],
    });
    return payload;
  } catch (cause) {
    if (isFailure(cause)) throw cause;
    if (cause instanceof errors.JWTExpired)
      throw fail('token_expired', { detail: 'The token has expired; sign in again.', cause });
    const reason = messageOf(cause);
    throw fail('unauthenticated', { detail: `The token of ${issuer} is not good: ${reason}.`, cause });
  }
}

function nameIn({ preferred_username: username, name, email }: JWTPayload): string | undefined {
  return [username, name, email].find((claim): claim is string => typeof claim === 'string' && claim !== '');
}
