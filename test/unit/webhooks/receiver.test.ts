import t from 'tap';
import { addressesOf, reachOf, requireReceiver } from '../../../src/webhooks/receiver.ts';

const none = [] as const;
const own = ['10.1.0.0/16', 'fd00:1::/32'];

t.test('only addresses of the Internet are public', async (t) => {
  for (const address of ['93.184.215.14', '1.1.1.1', '2606:4700::1111', '::ffff:1.1.1.1'])
    t.equal(reachOf(address, none), 'public', address);
  for (const address of [
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '192.0.2.1',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    'ff02::1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    '2001:db8::1',
  ])
    t.equal(reachOf(address, none), 'refused', address);
});

t.test('networks of the installation are let in, and no others', async (t) => {
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd00:1::7'])
    t.equal(reachOf(address, own), 'allowed', address);
  for (const address of ['10.2.0.1', 'fd00:2::7', '127.0.0.1']) t.equal(reachOf(address, own), 'refused', address);
});

t.test('an address that could never be called is refused when it is given', async (t) => {
  t.equal(requireReceiver('https://hooks.example.com/a?b=c', none), 'https://hooks.example.com/a?b=c');
  t.equal(requireReceiver('http://10.1.2.3:8080/', own), 'http://10.1.2.3:8080/');
  t.equal(requireReceiver('http://receiver.internal/', own), 'http://receiver.internal/');
  for (const odd of [
    '',
    'hooks.example.com',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:secret@example.com/',
    'https://example.com/#part',
    'http://example.com/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://169.254.169.254/latest/meta-data/',
  ])
    t.throws(() => requireReceiver(odd, none), { code: 'invalid_input' }, odd);
  t.throws(() => requireReceiver('http://1.1.1.1/', own), { code: 'invalid_input' }, 'public without TLS');
  t.notMatch(
    t.throws(() => requireReceiver('https://user:secret@example.com/', none)),
    /secret/,
  );
});

t.test('what a name leads to is judged as well', async (t) => {
  await t.rejects(addressesOf(new URL('https://localhost/'), none), /STOWAGE_WEBHOOK_NETWORKS/);
  await t.rejects(addressesOf(new URL('https://[::1]/'), none), /STOWAGE_WEBHOOK_NETWORKS/);
  await t.rejects(addressesOf(new URL('http://1.1.1.1/'), own), /https/);
  t.match(await addressesOf(new URL('http://10.1.2.3/'), own), [{ address: '10.1.2.3', family: 4 }]);
});
