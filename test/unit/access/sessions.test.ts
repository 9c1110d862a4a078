import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import t from 'tap';
import { jwtSessions } from '../../../src/server/jwt-sessions.ts';
import { openVault } from '../../../src/vault.ts';

const seconds = 900;
const subject = 'key:3f6c1d0e-8a47-4d3a-9b52-7c1e019ab5e4';
const vault = openVault(new Uint8Array(32).fill(7));
const sessions = await jwtSessions(vault, seconds);
const secret = vault.derive('session');

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString());
const now = () => Math.floor(Date.now() / 1000);
const claims = () => ({ iss: 'stowage', aud: 'stowage-api', sub: subject, jti: 'x', iat: now(), exp: now() + 60 });

/** A token signed with the real key, so that nothing but the difference is wrong with it. */
function forge(differences: object = {}, header: object = {}, key: Uint8Array = secret): string {
  const input = `${encode({ alg: 'HS256', typ: 'JWT', ...header })}.${encode({ ...claims(), ...differences })}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

t.test('a session carries its subject for as long as it says', async (t) => {
  const { token, expiresAt } = sessions.sign(subject);
  const { exp, iat, iss, aud, sub, jti } = decode(token.split('.')[1]);
  t.match({ iss, aud, sub }, { iss: 'stowage', aud: 'stowage-api', sub: subject });
  t.equal(exp * 1000, expiresAt.getTime());
  t.ok(Math.abs(exp - iat - seconds) <= 1, `${exp - iat} seconds`);
  t.match(jti, /^[0-9a-f-]{36}$/);
  t.not(decode(sessions.sign(subject).token.split('.')[1]).jti, jti);
  t.equal(sessions.verify(token), subject);
  t.equal((await jwtSessions(vault, seconds)).verify(token), subject, 'also in another replica');
  t.equal(sessions.verify(forge()), subject, 'what is forged below differs from a good one in one thing only');
});

t.test('an expired one is told so', async (t) => {
  t.throws(() => sessions.verify(forge({ exp: now() - 1 })), { code: 'token_expired' });
});

t.test('everything else is refused', async (t) => {
  const [header, payload, signature] = forge().split('.');
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rs256 = `${encode({ alg: 'RS256' })}.${encode(claims())}`;
  const forgeries: Record<string, string> = {
    'alg none without signature': `${encode({ alg: 'none' })}.${encode(claims())}.`,
    'alg None in other letters': `${encode({ alg: 'nOnE' })}.${encode(claims())}.`,
    'alg none with a good signature': forge({}, { alg: 'none' }),
    'no signature': `${header}.${payload}.`,
    'HS512 with the real key': forgeHs512(),
    'RS256 with a key of their own': `${rs256}.${sign('sha256', Buffer.from(rs256), privateKey).toString('base64url')}`,
    'HS256 with a public key as the secret': forge(
      {},
      {},
      Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })),
    ),
    'a key that the token brings along': forge({}, { jwk: { kty: 'oct', k: 'AAAA' } }, Buffer.from([0, 0, 0])),
    'another master key': forge({}, {}, openVault(new Uint8Array(32)).derive('session')),
    'other claims under the signature': `${header}.${encode({ ...claims(), sub: 'key:other' })}.${signature}`,
    'another issuer': forge({ iss: 'https://issuer.example' }),
    'no issuer': forge({ iss: undefined }),
    'another audience': forge({ aud: 'other' }),
    'no audience': forge({ aud: undefined }),
    'no expiry': forge({ exp: undefined }),
    'an expiry that is no number': forge({ exp: 'tomorrow' }),
    'no subject': forge({ sub: undefined }),
    'not valid yet': forge({ nbf: now() + 60 }),
    'a critical extension': forge({}, { crit: ['b64'], b64: false }),
    nonsense: 'a.b.c',
  };
  for (const [name, token] of Object.entries(forgeries))
    t.throws(() => sessions.verify(token), { code: 'unauthenticated' }, name);
});

function forgeHs512(): string {
  const input = `${encode({ alg: 'HS512' })}.${encode(claims())}`;
  return `${input}.${createHmac('sha512', secret).update(input).digest('base64url')}`;
}
