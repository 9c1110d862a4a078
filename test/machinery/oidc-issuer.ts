import type { webcrypto } from 'node:crypto';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Test } from 'tap';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

/** What a token differs in from a good one; a claim that is undefined is left out. */
export interface TokenWish {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs with these bytes or this key instead of the issuer's. */
  readonly key?: Uint8Array | webcrypto.CryptoKey;
}

/** An OIDC issuer of a test: discovery, keys and tokens. */
export interface TestIssuer {
  readonly url: string;
  readonly audience: string;
  /** What it was asked for, by path. */
  readonly requests: string[];
  /** What it answers by path, instead of the truth; removed, it tells the truth again. */
  readonly lies: Map<string, { readonly status: number; readonly body: string }>;
  /** What differs in the ID token of the next login. */
  nextLogin: TokenWish;
  /** The public key it signs with now. */
  publicKey(): webcrypto.CryptoKey;
  /** Signs with a new key from now on, and publishes that one alone. */
  rotate(): Promise<void>;
  /** A good token for ten minutes, unless wished otherwise. */
  token(wish?: TokenWish): Promise<string>;
  /** Closes its port; `open` takes the same one again. */
  close(): Promise<void>;
  open(): Promise<void>;
}

/** Starts an issuer on a free port; it ends with the test. */
export async function startIssuer(t: Test): Promise<TestIssuer> {
  let pair = await newKey();
  let number = 1;
  let port = 0;
  let server: Server | null = null;
  const requests: string[] = [];
  const lies: TestIssuer['lies'] = new Map();
  const codes = new Map<string, URLSearchParams>();
  const url = () => `http://127.0.0.1:${port}`;
  const keyId = () => `key-${number}`;

  async function truth(path: string): Promise<unknown> {
    if (path === '/.well-known/openid-configuration')
      return {
        issuer: url(),
        jwks_uri: `${url()}/keys`,
        authorization_endpoint: `${url()}/authorize`,
        token_endpoint: `${url()}/token`,
        id_token_signing_alg_values_supported: ['RS256'],
      };
    if (path === '/keys')
      return { keys: [{ ...(await exportJWK(pair.publicKey)), kid: keyId(), alg: 'RS256', use: 'sig' }] };
    return null;
  }

  /** Signs everybody in as Alice, without a question. */
  function authorize(path: string, response: ServerResponse): void {
    const { searchParams } = new URL(path, url());
    const code = randomUUID();
    codes.set(code, searchParams);
    const back = new URL(searchParams.get('redirect_uri') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', searchParams.get('state') ?? '');
    response.writeHead(302, { location: back.href }).end();
  }

  /** Gives an ID token for a code, once, to whoever knows what the code was asked for with. */
  async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = new URLSearchParams(await text(request));
    const asked = codes.get(given.get('code') ?? '');
    codes.delete(given.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(given.get('code_verifier') ?? '')
      .digest('base64url');
    const fits = asked?.get('code_challenge') === challenge && asked.get('redirect_uri') === given.get('redirect_uri');
    const { claims, ...wish } = issuer.nextLogin;
    const token = fits && (await issuer.token({ ...wish, claims: { nonce: asked.get('nonce'), ...claims } }));
    response.writeHead(fits ? 200 : 400, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        fits ? { access_token: 'opaque', token_type: 'Bearer', id_token: token } : { error: 'invalid_grant' },
      ),
    );
  }

  async function open(): Promise<void> {
    server = createServer(async (request, response) => {
      const { url: path = '' } = request;
      requests.push(path);
      if (path.startsWith('/authorize?')) return authorize(path, response);
      if (path === '/token') return await exchange(request, response);
      const body = await truth(path);
      const lie = lies.get(path);
      response.writeHead(lie?.status ?? (body === null ? 404 : 200), { 'content-type': 'application/json' });
      response.end(lie?.body ?? JSON.stringify(body));
    });
    await once(server.listen(port, '127.0.0.1'), 'listening');
    const address = server.address();
    if (typeof address === 'object' && address !== null) port = address.port;
  }

  async function close(): Promise<void> {
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    server = null;
    await closed;
  }

  await open();
  t.teardown(close);
  const issuer: TestIssuer = {
    nextLogin: {},
    url: url(),
    audience: 'stowage',
    requests,
    lies,
    open,
    close,
    publicKey: () => pair.publicKey,
    async rotate() {
      pair = await newKey();
      number += 1;
    },
    async token({ claims = {}, header = {}, key } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const good = { iss: url(), aud: 'stowage', sub: 'alice', iat: now, exp: now + 600, preferred_username: 'Alice' };
      const payload = Object.fromEntries(
        Object.entries({ ...good, ...claims }).filter(([, value]) => value !== undefined),
      );
      return await new SignJWT(payload)
        .setProtectedHeader({ alg: 'RS256', kid: keyId(), ...header })
        .sign(key ?? pair.privateKey);
    },
  };
  return issuer;
}

function newKey(): Promise<KeyPair> {
  return generateKeyPair('RS256', { extractable: true });
}
