import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Config } from '../config.ts';
import { fail } from '../errors.ts';

export type Issuer = NonNullable<Config['oidc']>;

const timeoutMilliseconds = 5_000;
/** How long an unknown key is not asked for again: tokens with keys that nobody has must not become requests to the issuer. */
const cooldownMilliseconds = 5_000;

const keysOfIssuers = new Map<string, Promise<JWTVerifyGetKey>>();

/**
 * Finds the key that a token of the issuer names. The keys are fetched once, again when a token names an unknown one (the
 * issuer has rotated them), and after ten minutes. Throws `issuer_unavailable` when they cannot be had.
 */
export async function keysOf(issuer: Issuer): Promise<JWTVerifyGetKey> {
  const name = JSON.stringify([issuer.issuer, issuer.jwksUrl]);
  const known = keysOfIssuers.get(name) ?? connect(issuer);
  keysOfIssuers.set(name, known);
  try {
    return await known;
  } catch (cause) {
    keysOfIssuers.delete(name);
    throw unavailable(issuer, cause);
  }
}

async function connect(issuer: Issuer): Promise<JWTVerifyGetKey> {
  const url = issuer.jwksUrl ?? (await discover(issuer.issuer));
  const find = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMilliseconds,
    cooldownDuration: cooldownMilliseconds,
  });
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (cause) {
      if (isFaultOfToken(cause)) throw cause;
      throw unavailable(issuer, cause);
    }
  };
}

/** OpenID Connect Discovery 1.0, sections 4.1 to 4.3. */
async function discover(issuer: string): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, {
    signal: AbortSignal.timeout(timeoutMilliseconds),
    headers: { accept: 'application/json' },
  });
  if (!response.ok) throw new Error(`${address} answered ${response.status}.`);
  const document: unknown = await response.json();
  if (typeof document !== 'object' || document === null) throw new Error(`${address} is not a discovery document.`);
  if (!('issuer' in document) || document.issuer !== issuer) throw new Error(`${address} is of another issuer.`);
  if (!('jwks_uri' in document) || typeof document.jwks_uri !== 'string')
    throw new Error(`${address} names no jwks_uri.`);
  return document.jwks_uri;
}

function isFaultOfToken(error: unknown): boolean {
  return [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported].some(
    (kind) => error instanceof kind,
  );
}

function unavailable({ issuer }: Issuer, cause: unknown) {
  return fail('issuer_unavailable', {
    detail: `The keys of ${issuer} cannot be had now, so its tokens cannot be checked; try again, or use an API key.`,
    cause,
  });
}
