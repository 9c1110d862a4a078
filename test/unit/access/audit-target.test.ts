import t from 'tap';
import { auditTarget } from '../../../src/access/audit-target.ts';

const key = `stw_0123abcd_${'A'.repeat(43)}`;
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';

t.test('only what names the object is recorded', async (t) => {
  const input = {
    host: 'local',
    name: 'data',
    password: 'hush',
    url: 'rest:http://u:p@x',
    options: { o: 'password=x' },
  };
  t.same(auditTarget(input), { host: 'local', name: 'data' });
  t.same(auditTarget({ token: 'a', binding: 'b', subject: 'user:i|s', role: 'admin' }), {
    token: 'a',
    binding: 'b',
    subject: 'user:i|s',
    role: 'admin',
  });
  t.same(auditTarget({ roles: [{ role: 'admin' }, { role: 'viewer', project: 'shop' }] }), {
    roles: 'admin, viewer on shop',
  });
});

t.test('a credential in the place of a name is not', async (t) => {
  t.same(auditTarget({ token: key }), { token: '(a credential)' });
  t.same(auditTarget({ name: `my ${key}, ${jwt}` }), { name: 'my (a credential), (a credential)' });
  t.same(auditTarget({ path: `${'x'.repeat(250)}${key}` }), { path: `${'x'.repeat(250)}(a cre` });
  t.same(auditTarget({ roles: [{ role: key }] }), { roles: '(a credential)' });
});

t.test('input that was not checked, of any form, can be recorded', async (t) => {
  for (const input of [null, undefined, 'text', 5, [], {}, { name: 5, host: null, roles: 'admin' }])
    t.same(auditTarget(input), {});
  t.same(auditTarget({ roles: [null, 5, { role: { toString: 1 }, project: ['a'] }] }), { roles: '?, ?, ?' });
  const smiley = '\u{1f600}';
  const { name = '' } = auditTarget({ name: `${'x'.repeat(255)}${smiley}` });
  t.ok(name.isWellFormed(), 'no half character');
  t.equal(name.length, 256);
  t.same(auditTarget({ name: 'a\u0000b\ud800' }), { name: 'a\ufffdb\ufffd' });
});
