import t from 'tap';
import { readDuration, readUntil } from '../../../src/pruning/until.ts';

t.test("durations are read as Go's time.ParseDuration reads them", (t) => {
  const milliseconds: [string, number][] = [
    ['24h', 86_400_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['5.s', 5000],
    ['300ms', 300],
    ['1m0.25s', 60_250],
    ['1500us', 1.5],
    ['1500µs', 1.5],
    ['1000000ns', 1],
    ['+2m', 120_000],
    ['0', 0],
    ['0s', 0],
  ];
  for (const [text, expected] of milliseconds) t.equal(readDuration(text), expected, text);
  t.end();
});

t.test('what is no duration is none', (t) => {
  for (const text of [
    '',
    '24',
    '24 h',
    'h',
    '.h',
    '-1h',
    '1d',
    '1h-30m',
    '1H',
    '1h30',
    '1e3s',
    '0x1s',
    '１h',
    '1hh',
    '1h\n',
  ])
    t.equal(readDuration(text), null, JSON.stringify(text));
  t.end();
});

const now = new Date('2026-11-25T12:00:00.000Z');

t.test('a time is taken as it is, a duration counts back from now', (t) => {
  const times: [string, string][] = [
    ['24h', '2026-11-24T12:00:00.000Z'],
    ['0', '2026-11-25T12:00:00.000Z'],
    ['2026-11-01T10:00:00Z', '2026-11-01T10:00:00.000Z'],
    ['2026-11-01T10:00:00.5+02:00', '2026-11-01T08:00:00.500Z'],
  ];
  for (const [text, expected] of times) t.equal(readUntil('until', text, now)?.toISOString(), expected, text);
  t.equal(readUntil('until', undefined, now), null);
  t.end();
});

t.test('anything else is refused with its place', (t) => {
  for (const text of ['yesterday', '2026-11-01', '2026-13-01T00:00:00Z', '1764000000', '-1h', '999999999999999h', '💥'])
    t.throws(
      () => readUntil('containers/until', text, now),
      { code: 'invalid_input', errors: [{ path: '/containers/until', rule: 'until' }] },
      text,
    );
  t.end();
});
