import t from 'tap';
import type { EngineBuildCache, EngineImage } from '../../../src/engine/engine-objects.ts';
import { planBuildCache } from '../../../src/pruning/build-cache.ts';
import { freedBytes } from '../../../src/pruning/images.ts';
import { readWish } from '../../../src/pruning/wish.ts';

const image = (id: string): EngineImage => ({ id, tags: [], bytes: 0, labels: {}, createdAt: null });
const layer = (chainId: string, bytes: number | null) => ({ chainId, bytes });

t.test('what images free: a shared layer counts once, and one that stays not at all', (t) => {
  const images = ['base', 'one', 'two'].map(image);
  const layers = new Map([
    ['base', [layer('b', 100)]],
    ['one', [layer('b', 100), layer('c', 20), layer('d', 3)]],
    ['two', [layer('b', 100), layer('c', 20), layer('e', 4)]],
  ]);
  const freed = (...leaving: string[]) => Object.fromEntries(freedBytes({ images, layers }, leaving));
  t.same(freed('one'), { one: 3 });
  t.same(freed('one', 'two'), { one: 23, two: 4 });
  t.same(freed('base', 'one', 'two'), { base: 100, one: 23, two: 4 });
  t.same(freed('base'), { base: 0 }, 'an image whose layers others have frees nothing');
  t.end();
});

t.test('what is not known is not guessed', (t) => {
  const images = ['one', 'two'].map(image);
  const one = [layer('b', 100), layer('c', null)];
  t.same(freedBytes({ images, layers: new Map([['one', one]]) }, ['one']), new Map(), 'the other one may share all');
  const layers = new Map([
    ['one', one],
    ['two', [layer('b', 100)]],
  ]);
  t.same(freedBytes({ images, layers }, ['one']), new Map(), 'a layer of unknown size');
  t.same(freedBytes({ images, layers }, ['two']), new Map([['two', 0]]));
  t.end();
});

const at = (day: number) => new Date(Date.UTC(2026, 10, day));
const record = (id: string, day: number, more: Partial<EngineBuildCache> = {}): EngineBuildCache => ({
  id,
  description: id,
  bytes: 10,
  inUse: false,
  shared: false,
  createdAt: at(day),
  lastUsedAt: at(day),
  ...more,
});

function goes(records: readonly EngineBuildCache[], buildCache: object): string[] {
  const { build_cache: wish } = readWish({ buildCache }, at(20));
  if (wish === null) throw new Error('Nothing was wished for.');
  return planBuildCache(records, wish)
    .filter(({ action }) => action === 'remove')
    .map(({ id }) => id);
}

t.test('the build cache: what is unused, old enough, and more than is to stay', (t) => {
  const records = [
    record('old', 1),
    record('middle', 5),
    record('new', 10),
    record('used', 2, { inUse: true }),
    record('shared', 3, { shared: true }),
    record('ageless', 4, { createdAt: null, lastUsedAt: null }),
  ];
  t.same(goes(records, {}), ['new', 'middle', 'old', 'ageless'], 'the newest first, since it may depend on older ones');
  t.same(goes(records, { all: true }), ['new', 'middle', 'shared', 'old', 'ageless']);
  t.same(goes(records, { ids: ['old', 'used'] }), ['old']);
  t.same(goes(records, { until: '264h' }), ['middle', 'old'], 'not used within 11 days, as far as it is known');
  t.same(goes(records, { keepBytes: 60 }), [], 'the cache is no larger');
  t.same(goes(records, { keepBytes: 45 }), ['old', 'ageless'], 'what was used least recently goes');
  t.same(goes(records, { keepBytes: 0 }), ['new', 'middle', 'old', 'ageless']);
  t.end();
});
