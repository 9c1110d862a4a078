import { exportJWK, generateKeyPair, jwtVerify } from 'jose';
import t from 'tap';
import { verifyIssued } from '../../../src/access/oidc.ts';
import { readConfig } from '../../../src/config.ts';
import { startIssuer, type TestIssuer, type TokenWish } from '../../machinery/oidc-issuer.ts';

const configFor = ({ url, audience }: TestIssuer, more: Record<string, string> = {}) =>
  readConfig({ STOWAGE_OIDC_ISSUER: url, STOWAGE_OIDC_AUDIENCE: audience, ...more });
const now = () => Math.floor(Date.now() / 1000);

t.test('a good token names its user', async (t) => {
  const issuer = await startIssuer(t);
  const config = configFor(issuer);
  t.same(await verifyIssued(config, await issuer.token()), { subject: `user:${issuer.url}|alice`, name: 'Alice' });
  const nameless = await issuer.token({ claims: { sub: 'bob', preferred_username: undefined } });
  t.same(await verifyIssued(config, nameless), { subject: `user:${issuer.url}|bob`, name: 'bob' });
  t.equal((await verifyIssued(config, await issuer.token({ claims: { aud: ['other', 'stowage'] } }))).name, 'Alice');
  t.same(issuer.requests, ['/.well-known/openid-configuration', '/keys'], 'its keys are asked for once');
});

t.test('the address of the keys can be given', async (t) => {
  const issuer = await startIssuer(t);
  await verifyIssued(configFor(issuer, { STOWAGE_OIDC_JWKS_URL: `${issuer.url}/keys` }), await issuer.token());
  t.same(issuer.requests, ['/keys']);
});

t.test('a token that is not good is refused', async (t) => {
  const issuer = await startIssuer(t);
  const config = configFor(issuer);
  const { privateKey } = await generateKeyPair('RS256');
  const pem = Buffer.from(await crypto.subtle.exportKey('spki', issuer.publicKey())).toString('base64');
  const bad: Record<string, TokenWish> = {
    'another issuer': { claims: { iss: 'https://issuer.example' } },
    'another audience': { claims: { aud: 'another application' } },
    'no audience': { claims: { aud: undefined } },
    'no expiry': { claims: { exp: undefined } },
    'no subject': { claims: { sub: undefined } },
    'an empty subject': { claims: { sub: '' } },
    'a subject with a control character': { claims: { sub: 'a\u0000b' } },
    'a subject that is no text': { claims: { sub: { a: 1 } } },
    'not valid yet': { claims: { nbf: now() + 300 } },
    'a key of their own under the known name': { key: privateKey },
    'an unknown key': { header: { kid: 'other' }, key: privateKey },
    'HS256 with the public key as the secret': { header: { alg: 'HS256' }, key: Buffer.from(pem) },
  };
  for (const [name, wish] of Object.entries(bad))
    await t.rejects(verifyIssued(config, await issuer.token(wish)), { code: 'unauthenticated' }, name);
  const [, payload] = (await issuer.token()).split('.');
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
  await t.rejects(verifyIssued(config, none), { code: 'unauthenticated' }, 'alg none');
});

t.test('an expired one is told so, with some patience for clocks', async (t) => {
  const issuer = await startIssuer(t);
  const config = configFor(issuer);
  await t.rejects(verifyIssued(config, await issuer.token({ claims: { exp: now() - 31 } })), { code: 'token_expired' });
  await t.resolves(verifyIssued(config, await issuer.token({ claims: { exp: now() - 20 } })));
});

t.test('new keys are found, without asking for each unknown one', async (t) => {
  const issuer = await startIssuer(t);
  const config = configFor(issuer);
  const old = await issuer.token();
  await verifyIssued(config, old);
  await issuer.rotate();
  const fresh = await issuer.token();
  await t.rejects(verifyIssued(config, fresh), { code: 'unauthenticated' }, 'its keys were asked for just now');
  await t.rejects(verifyIssued(config, fresh));
  t.equal(issuer.requests.filter((path) => path === '/keys').length, 1);

  const { now: realNow } = Date;
  t.teardown(() => Object.assign(Date, { now: realNow }));
  Object.assign(Date, { now: () => realNow() + 6_000 });
  await t.resolves(verifyIssued(config, fresh));
  await t.rejects(verifyIssued(config, old), { code: 'unauthenticated' }, 'a key that was withdrawn');
});

t.test('an issuer that is away is said to be, and comes back by itself', async (t) => {
  const issuer = await startIssuer(t);
  const config = configFor(issuer);
  const token = await issuer.token();
  const unavailable = { code: 'issuer_unavailable', kind: 'unavailable' };
  await issuer.close();
  await t.rejects(verifyIssued(config, token), unavailable, 'nobody listens');
  await issuer.open();

  const discovery = '/.well-known/openid-configuration';
  for (const [path, status, body] of [
    [discovery, 500, 'broken'],
    [discovery, 200, 'not json'],
    [discovery, 200, '[]'],
    [discovery, 200, '{"jwks_uri":"http://127.0.0.1:1/keys"}'],
    [discovery, 200, JSON.stringify({ issuer: 'https://other', jwks_uri: `${issuer.url}/keys` })],
    ['/keys', 500, 'broken'],
    ['/keys', 200, 'not json'],
    ['/keys', 200, '{"keys":5}'],
  ] as const) {
    issuer.lies.set(path, { status, body });
    await t.rejects(verifyIssued(config, token), unavailable, `${path} answers ${status} ${body}`);
    issuer.lies.clear();
  }
  await t.resolves(verifyIssued(config, token));
});

t.test('an issuer is configured with its audience, or not at all', async (t) => {
  const issuer = 'https://issuer.example';
  t.throws(() => readConfig({ STOWAGE_OIDC_ISSUER: issuer }), /STOWAGE_OIDC_AUDIENCE must be set/);
  t.throws(() => readConfig({ STOWAGE_OIDC_ISSUER: 'issuer', STOWAGE_OIDC_AUDIENCE: 'a' }), /"issuer" is none/);
  const addresses = { STOWAGE_OIDC_ISSUER: issuer, STOWAGE_OIDC_AUDIENCE: 'a', STOWAGE_OIDC_JWKS_URL: 'keys' };
  t.throws(() => readConfig(addresses), /"keys" is none/);
  await t.rejects(verifyIssued(readConfig({}), 'a.b.c'), { code: 'unauthenticated' });
});

t.test('a good signature of an algorithm that is not on the list is none', async (t) => {
  const issuer = await startIssuer(t);
  const config = configFor(issuer);
  const { publicKey, privateKey } = await generateKeyPair('ML-DSA-44', { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: 'key-1', use: 'sig' };
  issuer.lies.set('/keys', { status: 200, body: JSON.stringify({ keys: [key] }) });
  const token = await issuer.token({ header: { alg: 'ML-DSA-44' }, key: privateKey });
  const { payload } = await jwtVerify(token, publicKey);
  t.equal(payload.sub, 'alice', 'nothing but the algorithm is wrong with it');
  await t.rejects(verifyIssued(config, token), { code: 'unauthenticated', message: /alg/ });
});

t.test('a token does not choose where its key comes from', async (t) => {
  const [issuer, thief] = [await startIssuer(t), await startIssuer(t)];
  const config = configFor(issuer);
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const own = { ...(await exportJWK(publicKey)), alg: 'RS256' };
  const forged = (header: Record<string, unknown>) => issuer.token({ header, key: privateKey });
  const attempts: Record<string, string> = {
    jwk: await forged({ jwk: own }),
    'jwk without kid': await forged({ jwk: own, kid: undefined }),
    jku: await forged({ jku: `${thief.url}/keys` }),
    x5u: await forged({ x5u: `${thief.url}/keys` }),
    x5c: await forged({ x5c: ['AAAA'] }),
    'a path as kid': await forged({ kid: '../../../../dev/null' }),
    'an address as kid': await forged({ kid: `${thief.url}/keys` }),
    'a statement as kid': await forged({ kid: "' or 1=1 --" }),
    'the keys of another issuer': await thief.token({ claims: { iss: issuer.url } }),
  };
  for (const [name, token] of Object.entries(attempts))
    await t.rejects(verifyIssued(config, token), { code: 'unauthenticated' }, name);
  t.same(thief.requests, [], 'nobody asks where a token says');
  t.same(new Set(issuer.requests), new Set(['/.well-known/openid-configuration', '/keys']));
  await t.resolves(verifyIssued(config, await issuer.token({ claims: { nbf: now() + 20 } })), 'clocks differ');
  await t.rejects(verifyIssued(config, await issuer.token({ claims: { nbf: now() + 40 } })), {
    code: 'unauthenticated',
  });
});
