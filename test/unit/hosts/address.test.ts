import t from 'tap';
import { keysByHost } from '../../../src/hosts/address.ts';

t.test('addresses are gathered by host', (t) => {
  t.same(keysByHost(['a/one', 'b/two', 'a/three']), [
    { hostName: 'a', keys: ['one', 'three'] },
    { hostName: 'b', keys: ['two'] },
  ]);
  t.same(keysByHost([]), []);
  t.end();
});
