import t from 'tap';
import { createChangeGroups, folderOf } from '../../../src/images/change-groups.ts';
import { groupChanges } from '../../../src/images/scan-changes.ts';
import { readListing, type WritableFile } from '../../../src/images/writable-files.ts';

const folders: [string, string][] = [
  ['/file', '/'],
  ['/var', '/'],
  ['/var/log', '/var'],
  ['/var/lib/postgresql', '/var/lib'],
  ['/var/lib/postgresql/data', '/var/lib/postgresql'],
  ['/var/lib/postgresql/data/base/1/2', '/var/lib/postgresql'],
];

for (const [path, folder] of folders)
  t.test(`${path} is counted in ${folder}`, (t) => {
    t.equal(folderOf(path), folder);
    t.end();
  });

t.test('what does not fit is gathered, the smallest first, and nothing is lost', (t) => {
  const groups = createChangeGroups(10);
  for (let index = 0; index < 1_000; index += 1) groups.add(`/many/${index}/file`, 'added', index);
  groups.add('/many/5/file', 'deleted', 0);
  groups.add('/many/7/file', 'added', 1_000_000);
  const found = groups.groups();
  t.ok(found.length <= 10, `${found.length} groups`);
  t.match(
    found.find(({ bytes }) => bytes === 1_000_000 || bytes === 1_000_007),
    { folder: '/many/7', kind: 'added' },
  );
  t.match(
    found.find(({ folder, kind }) => folder === '…' && kind === 'added'),
    { entries: Number },
  );
  const sum = (kind: string, field: 'entries' | 'bytes') =>
    found.filter((group) => group.kind === kind).reduce((total, group) => total + Number(group[field]), 0);
  t.equal(sum('added', 'entries'), 1_001);
  t.equal(sum('added', 'bytes'), 499_500 + 1_000_000);
  t.equal(sum('deleted', 'entries'), 1);
  t.end();
});

async function* each<Item>(...items: Item[]): AsyncGenerator<Item> {
  yield* items;
}

const file = (path: string, bytes: number, type = 'f'): WritableFile => ({ path, type, bytes });

t.test('the kind comes from the diff and the size from the folder', async (t) => {
  const groups = await groupChanges({
    changes: each(
      { path: '/etc', kind: 'changed' as const },
      { path: '/etc/passwd', kind: 'changed' as const },
      { path: '/new', kind: 'added' as const },
      { path: '/new/file', kind: 'added' as const },
      { path: '/usr/old', kind: 'deleted' as const },
      { path: '/data', kind: 'added' as const },
    ),
    files: each(
      file('/etc', 0, 'd'),
      file('/etc/passwd', 100),
      file('/new', 0, 'd'),
      file('/new/file', 7),
      file('/newer', 5),
      file('/usr/old', 0, 'c'),
      file('/new/device', 0, 'c'),
      file('/data', 0, 'd'),
      file('/database', 3),
    ),
    mountPoints: ['/data/'],
    onProgress: () => undefined,
  });
  t.same(
    groups.map(({ folder, kind, entries, bytes }) => [folder, kind, entries, bytes]),
    [
      ['/usr', 'deleted', 1, 0],
      ['/', 'changed', 3, 8],
      ['/etc', 'changed', 1, 100],
      ['/', 'added', 1, 0],
      ['/new', 'added', 2, 7],
    ],
  );
});

t.test('without a folder entries are counted and not sized', async (t) => {
  const groups = await groupChanges({
    changes: each({ path: '/a/b', kind: 'added' as const }, { path: '/a/c', kind: 'deleted' as const }),
    files: null,
    mountPoints: [],
    onProgress: () => undefined,
  });
  t.same(groups, [
    { folder: '/a', kind: 'added', entries: 1, bytes: null },
    { folder: '/a', kind: 'deleted', entries: 1, bytes: 0 },
  ]);
});

t.test('a listing is read wherever its chunks are cut; names may hold anything', async (t) => {
  const bytes = Buffer.from('d 2 4096 /a\0f 2 100 /a/b\nc 💥\0l 1 3 /a/ x \0');
  for (const size of [1, 3, 1000]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    t.same(await Array.fromAsync(readListing(each(...chunks))), [
      { path: '/a', type: 'd', bytes: 0 },
      { path: '/a/b\nc 💥', type: 'f', bytes: 50 },
      { path: '/a/ x ', type: 'l', bytes: 3 },
    ]);
  }
  await t.rejects(Array.fromAsync(readListing(each(Buffer.from('f 1 1 /a')))), /broke off/);
});
