import t from 'tap';
import { activityOf, type Reading, seriesOf, totalOf } from '../../../src/performance/rates.ts';

const begin = Date.parse('2026-11-25T10:00:00Z');
/** Counters after so many seconds: bytes and operations that were read and written. */
const reading = (seconds: number, ...[r, w, ro, wo]: [number, number, number, number]): Reading => ({
  at: new Date(begin + seconds * 1000),
  counters: { readBytes: r, writtenBytes: w, readOperations: ro, writeOperations: wo },
  memoryBytes: 1000 + seconds,
});
const uncounted = (seconds: number): Reading => ({ ...reading(seconds, 0, 0, 0, 0), counters: null });
const rates = (r: number, w: number, ro: number, wo: number) => ({
  readBytesPerSecond: r,
  writtenBytesPerSecond: w,
  readOperationsPerSecond: ro,
  writeOperationsPerSecond: wo,
});

const table: { name: string; readings: Reading[]; expected: object | null; seconds: number }[] = [
  { name: 'nothing', readings: [], expected: null, seconds: 0 },
  { name: 'one reading', readings: [reading(0, 5, 5, 5, 5)], expected: null, seconds: 0 },
  {
    name: 'two readings',
    readings: [reading(0, 100, 200, 1, 2), reading(10, 1100, 2200, 11, 22)],
    expected: rates(100, 200, 1, 2),
    seconds: 10,
  },
  {
    name: 'an idle container',
    readings: [reading(0, 7, 7, 7, 7), reading(60, 7, 7, 7, 7)],
    expected: rates(0, 0, 0, 0),
    seconds: 60,
  },
  {
    name: 'steps of different length count by their time',
    readings: [reading(0, 0, 0, 0, 0), reading(10, 1000, 0, 0, 0), reading(40, 1000, 0, 0, 0)],
    expected: rates(25, 0, 0, 0),
    seconds: 40,
  },
  {
    name: 'a counter that went back began anew with its container',
    readings: [reading(0, 9000, 500, 9, 9), reading(10, 300, 600, 1, 1), reading(20, 500, 800, 2, 2)],
    expected: rates(25, 40, 0.1, 0.1),
    seconds: 20,
  },
  { name: 'a kernel that does not count', readings: [uncounted(0), uncounted(10)], expected: null, seconds: 0 },
  {
    name: 'a kernel that shows nothing before there is something',
    readings: [uncounted(0), uncounted(10), reading(20, 400, 0, 4, 0), uncounted(40)],
    expected: rates(10, 0, 0.1, 0),
    seconds: 40,
  },
  {
    name: 'two readings of one moment',
    readings: [reading(0, 1, 1, 1, 1), reading(0, 1, 1, 1, 1)],
    expected: null,
    seconds: 0,
  },
];

for (const { name, readings, expected, seconds } of table)
  t.test(`rates over ${name}`, (t) => {
    const activity = activityOf(readings);
    t.same(activity.rates, expected);
    t.equal(activity.measuredSeconds, seconds);
    t.same(activity.measuredAt, readings.at(-1)?.at ?? null);
    t.equal(activity.memoryBytes, readings.at(-1)?.memoryBytes ?? null);
    t.end();
  });

t.test('totals leave out what is not known', (t) => {
  t.equal(totalOf([]), null);
  t.equal(totalOf([null]), null);
  t.same(totalOf([null, rates(1, 2, 3, 4), rates(10, 20, 30, 40)]), rates(11, 22, 33, 44));
  t.end();
});

t.test('a series adds containers up, slot by slot, and leaves out slots without readings', (t) => {
  const window = { from: new Date(begin), to: new Date(begin + 100_000) };
  const one = [reading(1, 0, 0, 0, 0), reading(9, 80, 0, 0, 0), reading(11, 100, 0, 0, 0), reading(59, 100, 0, 0, 0)];
  const other = [reading(2, 0, 0, 0, 0), reading(12, 1000, 0, 0, 0), reading(100, 1000, 0, 0, 0)];
  const series = seriesOf([one, other, []], window, 10);
  t.same(
    series.map(({ at, readBytesPerSecond, memoryBytes }) => [
      (Date.parse(at) - begin) / 1000,
      readBytesPerSecond,
      memoryBytes,
    ]),
    [
      [10, 10, 1009],
      [20, 110, 1011 + 1012],
      [60, 0, 1059],
      [100, 0, 1100],
    ],
  );
  t.end();
});
