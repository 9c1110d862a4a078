import t from 'tap';
import type { ListedSnapshot } from '../../../src/restic/output.ts';
import { catalogueOf, noteTagsOf, tagsOf } from '../../../src/snapshots/catalogue-of.ts';

const job = '3f2b8f0e-0000-4000-8000-000000000001';

function listed(overrides: Partial<ListedSnapshot>): ListedSnapshot {
  return {
    id: 'a'.repeat(64),
    time: '2026-01-02T03:04:05.678901234+01:00',
    tree: 't',
    paths: ['/volumes/local/orders'],
    hostname: 'local',
    ...overrides,
  };
}

t.test('a snapshot of a volume tells volume, project, reason, job and time', async (t) => {
  const tags = tagsOf({ reason: 'before_delete', jobId: job, project: 'a, b/ü' });
  t.notOk(
    tags.some((tag) => tag.includes(',')),
    'restic would cut it in two',
  );
  const summary = {
    backup_end: '2026-01-02T02:04:09Z',
    total_files_processed: 3,
    total_bytes_processed: 40,
    data_added: 9,
    data_added_packed: 7,
  };
  t.match(catalogueOf([listed({ tags, summary })]), [
    {
      host: 'local',
      volume: 'orders',
      project: 'a, b/ü',
      reason: 'before_delete',
      jobId: job,
      state: 'good',
      files: 3,
      bytes: 40,
      bytesAdded: 7,
      takenAt: new Date('2026-01-02T02:04:09Z'),
    },
  ]);
});

t.test('what a snapshot does not tell is left open', async (t) => {
  const [entry] = catalogueOf([listed({ tags: ['stowage', 'reason=whatever', 'job=1'] })]);
  t.match(entry, {
    project: undefined,
    reason: 'backup',
    jobId: null,
    files: 0,
    takenAt: new Date('2026-01-02T02:04:05.678Z'),
  });
  t.equal(catalogueOf([listed({ tags: ['project=100%'] })])[0]?.project, '100%', 'a tag of somebody else');
});

const foreign: readonly [string[], string][] = [
  [['/home/alice'], '/home/alice'],
  [['/home/alice/'], '/home/alice'],
  [['/'], '/'],
  [[], '/'],
  [['/a', '/b'], '/'],
  [['/volumes/local/x', '/volumes/local/y'], '/'],
  [['/volumes/local/x/sub'], '/volumes/local/x/sub'],
  [['/volumes/UPPER/x'], '/volumes/UPPER/x'],
  [['C:\\Users\\alice'], '/C/Users/alice'],
  [['D:\\'], '/D'],
  [['relative/path'], '/relative/path'],
];
for (const [paths, path] of foreign)
  t.test(`${JSON.stringify(paths)} is foreign`, async (t) => {
    const tags = ['reason=before_delete', 'project=shop'];
    t.match(catalogueOf([listed({ paths, hostname: 'PC', tags })]), [
      { volume: null, host: 'PC', reason: 'foreign', path, paths },
    ]);
  });

t.test('a note makes a snapshot and its copies partial, and is none itself', async (t) => {
  const id = 'b'.repeat(64);
  const entries = catalogueOf([
    listed({ id }),
    listed({ id: 'c', original: id }),
    listed({ id: 'd' }),
    listed({ id: 'e', tags: noteTagsOf(id), paths: ['/note'] }),
  ]);
  t.same(
    entries.map(({ id: one, state }) => [one, state]),
    [
      [id, 'partial'],
      ['c', 'partial'],
      ['d', 'good'],
    ],
  );
});

t.test('a dump is told from files by its tags and its place, with the database that it holds', async (t) => {
  const of = (database: string | null, path: string) => {
    const tags = tagsOf({ reason: 'backup', jobId: job, project: null, dump: { engine: 'postgresql', database } });
    return catalogueOf([listed({ tags, paths: [path] })])[0];
  };
  const place = { host: 'local', volume: 'orders', path: '/dumps/local/orders' };
  t.match(of(null, '/dumps/local/orders/all.sql'), {
    ...place,
    paths: ['/dumps/local/orders/all.sql'],
    dump: { engine: 'postgresql', database: null },
  });
  t.match(of('a,b', '/dumps/local/orders/a,b.dump'), { ...place, dump: { engine: 'postgresql', database: 'a,b' } });
  t.match(of(null, '/volumes/local/orders'), { volume: 'orders', dump: null }, 'files, whatever a tag says');
  const [foreign] = catalogueOf([listed({ paths: ['/dumps/local/orders/all.sql'], tags: [] })]);
  t.match(foreign, { volume: null, reason: 'foreign', dump: null }, 'somebody else may have such a folder');
});

t.test('an image is told by its tags and its place', async (t) => {
  const id = 'a'.repeat(64);
  const image = { id: `sha256:${id}`, reference: 'registry:5000/shop,a:1' };
  const paths = [`/images/local/${id}/image.tar`];
  const tags = tagsOf({ reason: 'backup', jobId: job, project: null, image });
  const [found] = catalogueOf([listed({ paths, tags })]);
  t.match(found, {
    host: 'local',
    volume: null,
    project: undefined,
    reason: 'backup',
    path: `/images/local/${id}`,
    image,
  });
  t.match(found, { dump: null, configuration: null });
  const [foreign] = catalogueOf([listed({ paths, tags: [] })]);
  t.match(foreign, { reason: 'foreign', image: null, volume: null }, 'somebody else may have such a folder');
});

t.test('a configuration is told by its tags and its place', async (t) => {
  const digest = 'b'.repeat(64);
  for (const composeProject of [null, 'shop']) {
    const configuration = { composeProject, digest };
    const path = composeProject === null ? '/configuration/local' : '/configuration/local/projects/shop';
    const tags = tagsOf({ reason: 'backup', jobId: job, project: 'team', configuration });
    const [found] = catalogueOf([listed({ paths: [path], tags })]);
    t.match(found, { host: 'local', volume: null, project: 'team', reason: 'backup', path, configuration });
    t.match(catalogueOf([listed({ paths: [path], tags: [] })]), [{ reason: 'foreign', configuration: null }]);
  }
});
