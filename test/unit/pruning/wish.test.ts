import t from 'tap';
import { fits, onlyKind, readWish } from '../../../src/pruning/wish.ts';

const now = new Date('2026-11-25T12:00:00.000Z');

t.test('labels fit as Docker fits them', (t) => {
  const labels = { team: 'blue', tier: '', odd: 'a=b' };
  const cases: [readonly string[], readonly string[], boolean][] = [
    [[], [], true],
    [['team'], [], true],
    [['team=blue'], [], true],
    [['team=red'], [], false],
    [['team', 'tier'], [], true],
    [['team', 'absent'], [], false],
    [['tier='], [], true],
    [['team='], [], false],
    [['odd=a=b'], [], true],
    [['constructor'], [], false],
    [[], ['team'], false],
    [[], ['team=red'], true],
    [[], ['absent', 'team=blue'], false],
    [['team'], ['absent'], true],
  ];
  for (const [label, notLabel, expected] of cases)
    t.equal(fits(labels, { label, notLabel }), expected, `${label} but not ${notLabel}`);
  t.end();
});

t.test('a request is read with its defaults', (t) => {
  const wish = readWish({ containers: {}, networks: {}, images: {}, volumes: {}, buildCache: {} }, now);
  const labels = { label: [], notLabel: [] };
  t.same(wish, {
    project: null,
    container: { before: null, labels, compose: false },
    network: { before: null, labels, compose: false },
    image: { before: null, labels, dangling: true },
    volume: { labels, all: false, compose: false, unusedSince: null, plannedAt: now, includeProtected: new Set() },
    build_cache: { unusedSince: null, ids: null, all: false, keepBytes: null },
  });
  t.end();
});

t.test('times count from when the plan was made', (t) => {
  const request = { containers: { until: '1h' }, volumes: { unusedFor: 60 }, buildCache: { until: '24h', ids: ['x'] } };
  const wish = readWish(request, now);
  t.equal(wish.container?.before?.toISOString(), '2026-11-25T11:00:00.000Z');
  t.equal(wish.volume?.unusedSince?.toISOString(), '2026-11-25T11:59:00.000Z');
  t.equal(wish.build_cache?.unusedSince?.toISOString(), '2026-11-24T12:00:00.000Z');
  t.equal(wish.network, null, 'what was not asked for is not looked at');
  t.same(onlyKind(wish, 'container'), { ...wish, volume: null, build_cache: null });
  t.end();
});

t.test('requests that ask for nothing, or for what a project does not own, are refused', (t) => {
  const refused: [Parameters<typeof readWish>[0], RegExp][] = [
    [{}, /at least one/],
    [{ project: 'shop' }, /at least one/],
    [{ project: 'shop', images: {} }, /\/images/],
    [{ project: 'shop', volumes: {}, networks: {} }, /\/networks/],
    [{ project: 'shop', buildCache: {} }, /\/buildCache/],
    [{ images: { until: 'soon' } }, /\/images\/until/],
    [{ volumes: { label: ['team', 'a\ud800'] } }, /half a character/],
    [{ buildCache: { until: 'soon' } }, /\/buildCache\/until/],
  ];
  for (const [request, message] of refused)
    t.throws(() => readWish(request, now), { code: 'invalid_input', message }, JSON.stringify(request));
  t.same(readWish({ project: 'shop', volumes: {}, containers: {} }, now).project, 'shop');
  t.end();
});
