import t from 'tap';
import { instantOf } from '../../../src/access/instant.ts';

t.test('a date-time of an input', async (t) => {
  t.equal(instantOf('since', undefined), undefined);
  t.same(instantOf('since', '2026-11-24T10:00:00+01:00'), new Date('2026-11-24T09:00:00Z'));
  for (const text of [
    '2030-12-31T23:59:60Z',
    '2026-11-24T10:00:00Z[Europe/Paris]',
    '0000-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '9999-12-31T23:59:59-23:00',
  ])
    t.throws(() => instantOf('since', text), { code: 'invalid_input', errors: [{ path: '/since' }] }, text);
});
