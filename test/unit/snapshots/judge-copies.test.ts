import t from 'tap';
import { type HeldCopy, judgeCopies } from '../../../src/snapshots/judge-copies.ts';

const day = 24 * 3600 * 1000;
const now = Date.parse('2026-11-20T12:00:00Z');

function copy(repository: string, overrides: Partial<HeldCopy> = {}): HeldCopy {
  return { repository, medium: 'disk', offSite: false, takenAt: new Date(now), ...overrides };
}

const cases: readonly [
  string,
  HeldCopy[],
  { satisfied: boolean; copies: number; media: string[]; offSite: number; missing: RegExp[] },
][] = [
  [
    'nothing',
    [],
    {
      satisfied: false,
      copies: 1,
      media: ['disk'],
      offSite: 0,
      missing: [/no copy besides.*2 more are/, /The volume is on disk/, /No copy is off-site/],
    },
  ],
  [
    'one on the same disk',
    [copy('a')],
    {
      satisfied: false,
      copies: 2,
      media: ['disk'],
      offSite: 0,
      missing: [/2 copies.*one more is/, /All copies are on disk/, /off-site/],
    },
  ],
  [
    'one off-site in an object storage',
    [copy('a', { medium: 'object_storage', offSite: true })],
    { satisfied: false, copies: 2, media: ['disk', 'object_storage'], offSite: 1, missing: [/one more is/] },
  ],
  [
    'two on disks, one elsewhere',
    [copy('a'), copy('b', { offSite: true })],
    { satisfied: false, copies: 3, media: ['disk'], offSite: 1, missing: [/All copies are on disk/] },
  ],
  [
    'two, nothing off-site',
    [copy('a'), copy('b', { medium: 'tape' })],
    { satisfied: false, copies: 3, media: ['disk', 'tape'], offSite: 0, missing: [/off-site/] },
  ],
  [
    'as it should be',
    [copy('a'), copy('b', { medium: 'object_storage', offSite: true })],
    { satisfied: true, copies: 3, media: ['disk', 'object_storage'], offSite: 1, missing: [] },
  ],
  [
    'one that is a week older still counts',
    [copy('a'), copy('b', { medium: 'tape', offSite: true, takenAt: new Date(now - 7 * day) })],
    { satisfied: true, copies: 3, media: ['disk', 'tape'], offSite: 1, missing: [] },
  ],
  [
    'one that lags too far does not',
    [copy('a'), copy('b', { medium: 'tape', offSite: true, takenAt: new Date(now - 8 * day) })],
    {
      satisfied: false,
      copies: 2,
      media: ['disk'],
      offSite: 0,
      missing: [/one more is/, /on disk/, /off-site/, /"b" is of 2026-11-12/],
    },
  ],
  [
    'one that lags and is not needed',
    [copy('a'), copy('b', { medium: 'tape', offSite: true }), copy('c', { takenAt: new Date(now - 30 * day) })],
    { satisfied: true, copies: 3, media: ['disk', 'tape'], offSite: 1, missing: [/"c"/] },
  ],
];

for (const [name, copies, wanted] of cases)
  t.test(name, async (t) => {
    const { missing, held, ...judged } = judgeCopies(copies);
    const { missing: sentences, ...rest } = wanted;
    t.same(judged, rest);
    t.equal(missing.length, sentences.length, missing.join(' '));
    for (const [index, sentence] of sentences.entries()) t.match(missing[index], sentence);
    t.equal(held.length, copies.length);
  });
