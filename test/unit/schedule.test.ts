import t from 'tap';
import { intervalSeconds, nextRun, requireSchedule } from '../../src/schedule.ts';

const at = (cron: string, timeZone: string, after: string) =>
  nextRun({ cron, timeZone }, new Date(after))?.toISOString();

t.test('a schedule is in its time zone', async (t) => {
  t.equal(at('0 2 * * *', 'Europe/Berlin', '2026-01-10T12:00:00Z'), '2026-01-11T01:00:00.000Z');
  t.equal(at('0 2 * * *', 'Europe/Berlin', '2026-07-10T12:00:00Z'), '2026-07-11T00:00:00.000Z');
  t.equal(at('@daily', 'UTC', '2026-01-10T12:00:00Z'), '2026-01-11T00:00:00.000Z');
});

t.test('at a change of the clock a day has one run, neither none nor two', async (t) => {
  t.equal(at('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z'), '2026-03-29T01:00:00.000Z', 'right after the gap');
  t.equal(at('30 2 * * *', 'Europe/Berlin', '2026-03-29T01:00:00Z'), '2026-03-30T00:30:00.000Z');
  t.equal(at('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z'), '2026-10-25T00:30:00.000Z');
  t.equal(
    at('30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z'),
    '2026-10-26T01:30:00.000Z',
    'not once more at the second 2:30',
  );
});

t.test('what cannot be is refused with the reason', async (t) => {
  const refused = (cron: string, timeZone = 'UTC') => {
    try {
      return requireSchedule({ cron, timeZone });
    } catch (error) {
      return error;
    }
  };
  t.match(refused('61 * * * *'), { code: 'invalid_input', message: /Invalid value for minute: 61/ });
  t.match(refused('* * * * * *'), { code: 'invalid_input', message: /exactly 5 parts/ });
  t.match(refused('whenever'), { code: 'invalid_input' });
  t.match(refused('0 0 31 2 *'), { code: 'invalid_input', message: /never comes/ });
  t.match(refused('0 0 * * *', 'Mars/Olympus'), { code: 'invalid_input', message: /no time zone "Mars\/Olympus"/ });
  t.type(refused('0 0 * * MON'), Date);
});

t.test('how far apart two runs are', async (t) => {
  t.equal(intervalSeconds({ cron: '*/15 * * * *', timeZone: 'UTC' }, new Date()), 900);
  t.equal(intervalSeconds({ cron: '0 4 * * 0', timeZone: 'UTC' }, new Date('2026-06-01T00:00:00Z')), 7 * 86_400);
});
