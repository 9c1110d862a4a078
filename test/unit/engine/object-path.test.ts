import t from 'tap';
import { objectPath } from '../../../src/engine/object-path.ts';

const base = 'http://engine/volumes/';

t.test('a name stays below the address of its kind, as the engine reads it', async (t) => {
  const absent = objectPath('..');
  for (const name of ['', '.', '..', '../../etc', '/../x', 'a/../b', 'a//b', '/a', 'a/', '//other.example/x'])
    t.equal(objectPath(name), absent, JSON.stringify(name));
  for (const name of [
    'shop_data',
    'a b',
    'a?x=1#y',
    '%2e%2e',
    '..%2f',
    '...',
    'pool/image',
    'x:y/z:1@sha256:0a',
    '💥',
  ]) {
    const { pathname, search, hash } = new URL(objectPath(name), base);
    t.equal(decodeURIComponent(pathname), `/volumes/${name}`);
    t.equal(search + hash, '');
  }
  t.equal(objectPath('\ud800'), '%EF%BF%BD', 'half a character is none');
});

t.test('an image keeps the slashes of its reference', async (t) => {
  t.equal(objectPath('registry.example:5000/shop/web:1'), 'registry.example%3A5000/shop/web%3A1');
});
