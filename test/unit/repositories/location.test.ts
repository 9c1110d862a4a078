import { generateKeyPairSync } from 'node:crypto';
import t from 'tap';
import { toCredentials, toLocation } from '../../../src/repositories/location.ts';
import { requireKnownHosts, requirePrivateKey } from '../../../src/repositories/ssh-keys.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIJr3hZ0cq5m3Xc0c2m8rj3mUq0o7H0y6nU5cU3Jt1Lxk';
const s3 = { endpoint: 'https://s3.example.com/', bucket: 'backups', prefix: 'shop/' };
const invalid = { code: 'invalid_input' };

t.test('exactly one place, with what belongs to it', async (t) => {
  t.same(toLocation({ volume: 'v' }), { kind: 'volume', host: 'local', volume: 'v' });
  t.same(toLocation({ path: '/srv', host: 'b' }), { kind: 'path', host: 'b', path: '/srv' });
  t.same(toLocation({ s3 }), {
    kind: 's3',
    s3: { endpoint: 'https://s3.example.com', bucket: 'backups', prefix: 'shop', region: null },
    network: 'host',
  });
  for (const wrong of [
    {},
    { volume: 'v', path: '/srv' },
    { volume: 'v', network: 'host' },
    { url: 'http://server/', host: 'local' },
    { url: 'http://server:99999/' },
    { s3, caCertificate: 'no certificate' },
  ])
    t.throws(() => toLocation(wrong), invalid, JSON.stringify(wrong));
});

t.test('credentials belong to their kind of place, and are whole', async (t) => {
  const rest = toLocation({ url: 'http://server/' });
  t.same(toCredentials(rest, {}), {});
  t.same(toCredentials(rest, { username: 'u', userPassword: 'p' }), { username: 'u', userPassword: 'p' });
  t.throws(() => toCredentials(rest, { username: 'u' }), invalid);
  t.throws(() => toCredentials(rest, { accessKeyId: 'u', secretAccessKey: 'p' }), invalid);
  t.throws(() => toCredentials(toLocation({ s3 }), {}), invalid);
  t.throws(() => toCredentials(toLocation({ s3 }), { accessKeyId: 'u' }), invalid);
  t.throws(() => toCredentials(toLocation({ volume: 'v' }), { privateKey: 'x' }), invalid);
});

const known: readonly [string, number, boolean][] = [
  [`nas ssh-ed25519 ${key}`, 22, true],
  [`# a comment\n\nother,nas ssh-ed25519 ${key} comment\n`, 22, true],
  [`[nas]:2222 ssh-ed25519 ${key}\r\n`, 2222, true],
  [`|1|c2FsdA==|aGFzaA== ssh-ed25519 ${key}`, 22, true],
  [`@cert-authority *.example.com ssh-ed25519 ${key}`, 22, true],
  [`nas ssh-ed25519 ${key}`, 2222, false],
  [`other ssh-ed25519 ${key}`, 22, false],
  ['nas ssh-ed25519 short', 22, false],
  [`nas made-up ${key}`, 22, false],
  ['# nothing', 22, false],
];
for (const [text, port, good] of known)
  t.test(`known hosts: ${text.slice(0, 30)} for ${port}`, async (t) => {
    if (good) t.doesNotThrow(() => requireKnownHosts(text, 'nas', port));
    else t.throws(() => requireKnownHosts(text, 'nas', port), invalid);
  });

t.test('a private key without a passphrase, with the line end that ssh wants', async (t) => {
  const pem = (cipher?: { cipher: string; passphrase: string }) =>
    generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher })
      .toString();
  const plain = pem();
  t.equal(requirePrivateKey(plain.trim().replaceAll('\n', '\r\n')), plain);
  t.throws(() => requirePrivateKey(pem({ cipher: 'aes-256-cbc', passphrase: 'x' })), invalid);
  const openssh = (cipher: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(cipher.length);
    const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), length, Buffer.from(cipher)]).toString('base64');
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----`;
  };
  t.ok(requirePrivateKey(openssh('none')));
  t.throws(() => requirePrivateKey(openssh('aes256-ctr')), { ...invalid, message: /passphrase/ });
  for (const text of ['', 'ssh-ed25519 AAAA', plain.slice(0, 40)]) t.throws(() => requirePrivateKey(text), invalid);
});
