import t from 'tap';
import { type NewRetention, retentionFrom } from '../../../src/policies/retention.ts';
import { judgeRetention, type Retained, type RetentionFacts } from '../../../src/retention/judge-retention.ts';

const now = new Date('2026-06-30T12:00:00Z');
const facts: RetentionFacts = { rules: [], needed: new Map(), obstacle: null, undeleteSeconds: 86_400, now };

function at(time: string, more: Partial<Retained> = {}): Retained {
  return { id: time, takenAt: new Date(`${time}Z`), reason: 'backup', state: 'good', ...more };
}

function staying(snapshots: readonly Retained[], rule: NewRetention, more: Partial<RetentionFacts> = {}): string[] {
  const verdicts = judgeRetention(snapshots, { ...facts, rules: [retentionFrom(rule)], ...more });
  return verdicts.filter(({ isKept }) => isKept).map(({ id }) => id);
}

/** Every 6 hours of June. */
const june = Array.from({ length: 120 }, (_, n) =>
  at(new Date(Date.UTC(2026, 5, 1, n * 6)).toISOString().slice(0, 19)),
);

t.test('slots are filled from the newest on, one for each period', async (t) => {
  t.same(staying(june, { last: 2 }), ['2026-06-30T18:00:00', '2026-06-30T12:00:00']);
  t.same(staying(june, { daily: 3 }), ['2026-06-30T18:00:00', '2026-06-29T18:00:00', '2026-06-28T18:00:00']);
  t.same(staying(june, { weekly: 2 }), ['2026-06-30T18:00:00', '2026-06-28T18:00:00'], 'a week ends on Sunday');
  t.same(staying(june, { hourly: 2 }), ['2026-06-30T18:00:00', '2026-06-30T12:00:00']);
  t.same(
    staying(june, { monthly: 3 }),
    ['2026-06-30T18:00:00', '2026-06-01T00:00:00'],
    'the oldest too, while a slot is free',
  );
  t.equal(staying(june, { withinDays: 1 }).length, 5, 'a day before the newest one');
  t.same(staying(june, { last: 1, daily: 2 }), ['2026-06-30T18:00:00', '2026-06-29T18:00:00'], 'any rule keeps it');
  const days = [at('2026-06-01T00:00:00'), at('2026-06-20T00:00:00'), at('2026-06-29T00:00:00')];
  t.equal(staying(days, { daily: 3 }).length, 3, 'days without a backup take no slot');
});

t.test('of several policies each keeps what it says', async (t) => {
  const rules = [retentionFrom({ last: 1 }), retentionFrom({ monthly: 1, daily: 2 })];
  const [newest, second] = judgeRetention(june, { ...facts, rules });
  t.match(newest, { reasons: ['last', 'daily', 'monthly', /newest good/] });
  t.match(second, { isKept: false, reasons: [/No rule keeps it/] });
});

t.test('what never goes', async (t) => {
  const old = at('2020-01-01T00:00:00');
  t.same(staying([old], { hourly: 1 }, { now }), [old.id]);
  t.match(judgeRetention([old], { ...facts, rules: [] }), [{ isKept: true, reasons: [/says how long/] }]);
  const partial = at('2026-06-29T00:00:00', { state: 'partial' });
  const good = at('2026-06-28T00:00:00');
  t.same(staying([partial, good, old], { last: 1 }), [partial.id, good.id], 'a bad one takes no slot of a good one');
  t.same(staying([at('2026-06-30T00:00:00'), partial], { last: 5 }), ['2026-06-30T00:00:00']);
  const foreign = at('2019-01-01T00:00:00', { reason: 'foreign' });
  t.same(staying([good, foreign], { last: 1 }), [good.id, foreign.id]);
  const needed = new Map([[old.id, ['It is held.']]]);
  t.same(staying([good, old], { last: 1 }, { needed }), [good.id, old.id]);
  t.equal(staying(june, { last: 1 }, { obstacle: 'The volume shrank.' }).length, june.length);
});

t.test('what was kept before a restore goes when its time is over', async (t) => {
  const early = at('2026-06-29T11:00:00', { reason: 'before_restore' });
  const late = at('2026-06-29T13:00:00', { reason: 'before_restore' });
  t.same(staying([at('2026-06-30T00:00:00'), early, late], { last: 1 }), ['2026-06-30T00:00:00', late.id]);
});
