import { randomBytes } from 'node:crypto';
import t from 'tap';
import { openVault } from '../../src/vault.ts';

const masterKey = randomBytes(32);

t.test('a secret comes back with the same key and purpose', (t) => {
  const sealed = openVault(masterKey).seal('pässword', 'repository:default');
  t.notOk(Buffer.from(sealed).includes('pässword'), 'it is not readable in what is stored');
  t.equal(openVault(masterKey).open(sealed, 'repository:default'), 'pässword');
  t.end();
});

t.test('the same secret is never sealed the same way twice', (t) => {
  const vault = openVault(masterKey);
  t.notSame(vault.seal('secret', 'p'), vault.seal('secret', 'p'));
  t.end();
});

t.test('another key, another purpose, or changed bytes open nothing', (t) => {
  const vault = openVault(masterKey);
  const sealed = vault.seal('secret', 'repository:default');
  const changed = Uint8Array.from(sealed, (byte, index) => (index === sealed.length - 20 ? byte ^ 1 : byte));
  const wrong = { code: 'master_key_wrong' };
  t.throws(() => openVault(randomBytes(32)).open(sealed, 'repository:default'), wrong, 'another key');
  t.throws(() => vault.open(sealed, 'repository:other'), wrong, 'another purpose');
  t.throws(() => vault.open(changed, 'repository:default'), wrong, 'a changed byte');
  t.throws(() => vault.open(sealed.subarray(0, 10), 'repository:default'), wrong, 'cut short');
  t.throws(() => openVault(randomBytes(16)), wrong, 'a key of the wrong length');
  t.end();
});

t.test('derived keys and the installation depend on the master key alone', (t) => {
  t.same(openVault(masterKey).derive('jwt'), openVault(masterKey).derive('jwt'));
  t.notSame(openVault(masterKey).derive('jwt'), openVault(masterKey).derive('other'));
  t.equal(openVault(masterKey).installation, openVault(masterKey).installation);
  t.not(openVault(masterKey).installation, openVault(randomBytes(32)).installation);
  t.end();
});
