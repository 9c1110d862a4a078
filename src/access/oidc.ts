import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Config } from '../config.ts';
import { fail } from '../errors.ts';

/** Signatures with a key pair only: a shared secret would let whoever knows the public key sign. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const toleranceSeconds = 30;
const discoverySeconds = 5;

type Keys = ReturnType<typeof createRemoteJWKSet>;
/** Keys of an issuer are fetched once and again when a token names an unknown one; jose limits how often. */
const keysOfIssuers = new Map<string, Promise<Keys>>();

/**
 * The user behind a token of the configured OIDC issuer: `user:<issuer>|<sub>`. Throws `token_expired`, and
 * `unauthenticated` when the token is not good or the keys of the issuer cannot be had.
 */
export async function verifyIssued({ oidc }: Config, token: string): Promise<{ subject: string; name: string }> {
  if (oidc === undefined) throw fail('unauthenticated', 'No OIDC issuer is configured; send an API key.');
  const { issuer, audience } = oidc;
  try {
    const keys = await keysOf(oidc);
    const { payload } = await jwtVerify(token, keys, { issuer, algorithms, clockTolerance: toleranceSeconds, requiredClaims: ['sub', 'exp'], ...(audience === undefined ? {} : { audience }) });
    return { subject: `user:${issuer}|${payload.sub}`, name: nameIn(payload) };
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw fail('token_expired', { detail: 'The token has expired; sign in again.', cause });
    if (cause instanceof errors.JOSEError && !(cause instanceof errors.JWKSTimeout))
      throw fail('unauthenticated', { detail: `The token of ${issuer} is not good: ${cause.message}.`, cause });
    throw fail('unauthenticated', { detail: `The keys of ${issuer} cannot be had now, so its tokens cannot be checked; try again, or use an API key.`, cause });
  }
}

async function keysOf(oidc: NonNullable<Config['oidc']>): Promise<Keys> {
  const known = keysOfIssuers.get(oidc.issuer);
  if (known !== undefined) return await known;
  const found = discover(oidc);
  keysOfIssuers.set(oidc.issuer, found);
  found.catch(() => keysOfIssuers.delete(oidc.issuer));
  return await found;
}

/** OpenID Connect Discovery 1.0, section 4. */
async function discover({ issuer, jwksUrl }: NonNullable<Config['oidc']>): Promise<Keys> {
  if (jwksUrl !== undefined) return createRemoteJWKSet(new URL(jwksUrl));
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, { signal: AbortSignal.timeout(discoverySeconds * 1000) });
  const document: unknown = await response.json();
  const named = typeof document === 'object' && document !== null && 'jwks_uri' in document ? document.jwks_uri : undefined;
  if (typeof named !== 'string') throw new Error(`${address} names no jwks_uri.`);
  return createRemoteJWKSet(new URL(named));
}

function nameIn({ preferred_username: username, name, email, sub = '' }: JWTPayload): string {
  return [username, name, email].find((claim): claim is string => typeof claim === 'string') ?? sub;
}
