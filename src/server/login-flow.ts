import * as openid from 'openid-client';
import { verifyIssued } from '../access/read.ts';
import type { Config } from '../config.ts';
import type { Vault } from '../vault.ts';

const timeoutSeconds = 5;
/** How long somebody may take to sign in with the issuer. */
export const loginSeconds = 600;
const purpose = 'a login that is under way';
export const callbackPath = '/graphiql/login/callback';

/** What must come back with an answer of the issuer. */
interface Login {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly until: number;
}

export type LoginConfig = Config & { readonly login: NonNullable<Config['login']> };

/** Begins a login: where to send the browser, and what it must bring back, sealed. Rejects when the issuer cannot be asked. */
export async function beginLogin({ login }: LoginConfig, vault: Vault): Promise<{ address: string; sealed: string }> {
  const client = await connect(login);
  const begun = {
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    verifier: openid.randomPKCECodeVerifier(),
    until: Date.now() + loginSeconds * 1000,
  };
  const address = openid.buildAuthorizationUrl(client, {
    redirect_uri: new URL(callbackPath, login.publicUrl).href,
    scope: 'openid profile email',
    code_challenge: await openid.calculatePKCECodeChallenge(begun.verifier),
    code_challenge_method: 'S256',
    state: begun.state,
    nonce: begun.nonce,
  });
  return {
    address: address.href,
    sealed: Buffer.from(vault.seal(JSON.stringify(begun), purpose)).toString('base64url'),
  };
}

/**
 * Ends a login: the code of the issuer becomes a token that this server takes. `search` is the query of the address that the
 * issuer sent the browser to. Rejects when anything does not fit what was begun: state, nonce, verifier, time, audience.
 */
export async function endLogin(config: LoginConfig, vault: Vault, sealed: string, search: string): Promise<string> {
  const begun = JSON.parse(vault.open(Buffer.from(sealed, 'base64url'), purpose)) as Login;
  if (begun.until < Date.now()) throw new Error('The login took too long.');
  const { login } = config;
  const tokens = await openid.authorizationCodeGrant(
    await connect(login),
    new URL(`${callbackPath}${search}`, login.publicUrl),
    { expectedState: begun.state, expectedNonce: begun.nonce, pkceCodeVerifier: begun.verifier, idTokenExpected: true },
  );
  return await acceptedOf(config, [tokens.id_token, tokens.access_token]);
}

/** The first of the tokens that calls are let in with: that of the audience of this server. */
async function acceptedOf(config: Config, tokens: readonly (string | undefined)[]): Promise<string> {
  let reason: unknown = new Error('The issuer gave no token.');
  for (const token of tokens) {
    if (token === undefined) continue;
    try {
      await verifyIssued(config, token);
      return token;
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}

function connect({ issuer, clientId, clientSecret }: LoginConfig['login']): Promise<openid.Configuration> {
  const address = new URL(issuer);
  // An issuer whose address is configured with http is one for trying out.
  const execute = address.protocol === 'http:' ? [openid.allowInsecureRequests] : [];
  return openid.discovery(address, clientId, clientSecret, undefined, { execute, timeout: timeoutSeconds });
}
