import t from 'tap';
import { timeOf } from '../../../src/performance/time.ts';

const now = new Date('2026-11-25T12:00:00Z');
const time = (from: string, to: string) => ({ from: new Date(from), to: new Date(to) });

t.test('the time that is asked about', (t) => {
  t.same(timeOf({}, now), time('2026-11-25T11:00:00Z', '2026-11-25T12:00:00Z'));
  t.same(timeOf({ to: '2026-11-20T00:00:00Z' }, now), time('2026-11-19T23:00:00Z', '2026-11-20T00:00:00Z'));
  t.same(timeOf({ from: '2026-11-25T11:59:00+00:00' }, now), time('2026-11-25T11:59:00Z', '2026-11-25T12:00:00Z'));
  for (const [from, to] of [
    ['2026-11-25T12:00:00Z', undefined],
    ['2026-11-25T13:00:00Z', undefined],
    ['2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z'],
    ['0000-01-01T00:00:00Z', undefined],
  ])
    t.throws(() => timeOf({ from, to }, now), { code: 'invalid_input' });
  t.end();
});
