import t from 'tap';
import { afterFailure } from '../../../src/webhooks/failure.ts';
import { pauseSeconds, spreadFrom, waitSeconds } from '../../../src/webhooks/schedule.ts';

const now = new Date('2026-11-26T12:00:00Z');
const patience = { attempts: 12, backoffSeconds: 5, disableHours: 72 };
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const secondsUntil = (date: Date | undefined) => ((date?.getTime() ?? Number.NaN) - now.getTime()) / 1000;

t.test('waits grow to half a day, pauses to five minutes', async (t) => {
  t.same(
    [1, 2, 3, 4, 5, 6, 7, 8, 11].map((tries) => waitSeconds(tries, 5)),
    [5, 20, 80, 320, 1280, 5120, 20480, 43200, 43200],
  );
  t.same(
    [1, 2, 3, 6, 7, 1000].map((failures) => pauseSeconds(failures, 5)),
    [5, 10, 20, 160, 300, 300],
  );
  t.same(
    [0, 0.5, 1].map((chance) => secondsUntil(spreadFrom(now, 100, chance))),
    [80, 100, 120],
  );
});

t.test('a failure is tried again, until all attempts are made', async (t) => {
  const fresh = { failures: 0, failingSince: null };
  const failed = { status: 500, retryAfterSeconds: null };
  const first = afterFailure(fresh, 1, failed, patience, now);
  t.match(first.webhook, { failures: 1, failingSince: now });
  t.equal(first.disabledReason, null);
  const wait = secondsUntil(first.delivery.dueAt);
  t.ok(wait >= 4 && wait <= 6);
  t.same(afterFailure(fresh, 12, failed, patience, now).delivery, { state: 'failed', finishedAt: now });
});

t.test('a receiver that says when is heeded, within reason', async (t) => {
  const wait = (retryAfterSeconds: number) =>
    secondsUntil(
      afterFailure({ failures: 0, failingSince: null }, 1, { status: 429, retryAfterSeconds }, patience, now).delivery
        .dueAt,
    );
  t.ok(wait(100) >= 80 && wait(100) <= 120);
  t.ok(wait(999_999) <= 3600 * 1.2);
});

t.test('a webhook ends when its receiver wants no more, or fails for days', async (t) => {
  const reason = (status: number | null, hours: number) =>
    afterFailure({ failures: 9, failingSince: hoursAgo(hours) }, 3, { status, retryAfterSeconds: null }, patience, now)
      .disabledReason;
  t.match(reason(410, 0), /410/);
  t.equal(reason(500, 71), null);
  t.match(reason(null, 72), /since 2026-11-23/);
});
