import t from 'tap';
import { apiKeyOf, hashOf, looksLikeApiKey, prefixOf } from '../../../src/access/api-key.ts';
import { openVault } from '../../../src/vault.ts';

const id = '3f6c1d0e-8a47-4d3a-9b52-7c1e019ab5e4';
const vault = openVault(new Uint8Array(32).fill(1));

t.test('a key is made of its id and the master key', async (t) => {
  const key = apiKeyOf(vault, id);
  t.ok(looksLikeApiKey(key), key);
  t.equal(prefixOf(key), 'stw_3f6c1d0e');
  t.equal(apiKeyOf(vault, id), key, 'the same again');
  t.not(apiKeyOf(vault, '3f6c1d0e-8a47-4d3a-9b52-7c1e019ab5e5'), key);
  t.not(apiKeyOf(openVault(new Uint8Array(32).fill(2)), id), key);
  t.equal(hashOf(key).length, 32);
  t.notSame(hashOf(key), hashOf(`${key} `));
});

t.test('what only resembles a key is none', async (t) => {
  const key = apiKeyOf(vault, id);
  for (const other of ['', 'stw_', key.slice(0, -1), `${key}x`, ` ${key}`, key.replace('stw', 'STW'), `x${key}`])
    t.notOk(looksLikeApiKey(other), JSON.stringify(other));
});
