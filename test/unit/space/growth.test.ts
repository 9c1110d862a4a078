import t from 'tap';
import { daysUntilFull, toGrowth } from '../../../src/space/growth.ts';

const at = (hours: number) => new Date(Date.UTC(2026, 10, 1, hours));
const slopes = { host: 'local', volume: 'db', bytes: 0, allocatedBytes: 0, files: 0, inodes: 0 };

t.test('growth is told a day, of measurements that are an hour apart', (t) => {
  const spans = [
    { until: at(0), known: false },
    { until: new Date(at(1).getTime() - 1), known: false },
    { until: at(1), known: true },
    { until: at(14 * 24), known: true },
  ];
  for (const { until, known } of spans)
    t.equal(toGrowth({ ...slopes, since: at(0), until }) !== null, known, until.toISOString());
  t.same(
    toGrowth({ ...slopes, since: at(0), until: at(24), bytes: 10, allocatedBytes: 4096, files: 0.00001, inodes: -1 }),
    {
      host: 'local',
      volume: 'db',
      since: at(0).toISOString(),
      bytesPerDay: 864_000,
      allocatedBytesPerDay: 353_894_400,
      filesPerDay: 1,
      inodesPerDay: -86_400,
    },
  );
  t.match(toGrowth({ ...slopes, since: at(0), until: at(24), bytes: null, files: -0.0000001 }), {
    bytesPerDay: 0,
    filesPerDay: 0,
  });
  t.end();
});

t.test('days until the file system is full', (t) => {
  const growth = (allocatedBytesPerDay: number, inodesPerDay: number) => ({ allocatedBytesPerDay, inodesPerDay });
  const room = { freeBytes: 1000, totalInodes: 500, freeInodes: 100 };
  const cases = [
    { growth: growth(100, 0), room, days: 10 },
    { growth: growth(100, 50), room, days: 2, why: 'inodes run out first' },
    { growth: growth(100, 1), room, days: 10, why: 'bytes run out first' },
    { growth: growth(0, 10), room, days: 10 },
    { growth: growth(-5, 0), room, days: null, why: 'it shrinks' },
    { growth: growth(0, 0), room, days: null },
    { growth: growth(3, 0), room, days: 333.3 },
    {
      growth: growth(100, 50),
      room: { ...room, totalInodes: 0, freeInodes: 0 },
      days: 10,
      why: 'inodes are made as needed',
    },
    { growth: growth(100, 0), room: { ...room, freeBytes: 0 }, days: 0 },
    { growth: null, room, days: null },
    { growth: growth(100, 0), room: null, days: null },
  ];
  for (const one of cases) t.equal(daysUntilFull(one.growth, one.room), one.days, one.why ?? JSON.stringify(one));
  t.end();
});
