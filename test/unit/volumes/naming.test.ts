import t from 'tap';
import { requireVolumeName } from '../../../src/volumes/naming.ts';

t.test('names that Docker takes are taken', (t) => {
  for (const name of ['ab', 'shop-orders', 'A.b_c-1', '0'.repeat(63), `a${'b'.repeat(254)}`])
    t.doesNotThrow(() => requireVolumeName(name), name);
  t.end();
});

t.test('other names are refused', (t) => {
  const bad = [
    '',
    'a',
    '-a',
    '.hidden',
    'a b',
    'a/b',
    '../up',
    'ümlaut',
    `a${'b'.repeat(255)}`,
    'a\n',
    '0123456789abcdef'.repeat(4),
  ];
  for (const name of bad)
    t.throws(() => requireVolumeName(name), { code: 'volume_name_invalid' }, JSON.stringify(name));
  t.end();
});
