import t from 'tap';
import { readProbeAnswers } from '../../../src/hosts/probe-answers.ts';

const missing = {
  exists: false,
  kind: null,
  resolvedPath: null,
  uid: null,
  gid: null,
  mode: null,
  identity: null,
  fileSystem: null,
  crossesFileSystem: null,
  entries: null,
  entriesAreMore: false,
};
const mounts = [
  'mount 8:1 / overlay',
  'mount 8:1 /host ext4',
  'mount 0:30 /host/srv/my\\040data nfs4',
  'mount 0:31 /host/srv/twice ext4',
  'mount 0:32 /host/srv/twice tmpfs',
  'mount 8:1 /host/srv/same/bound ext4',
  'mount 0:40 /hostile proc',
];

function answersTo(paths: readonly string[], lines: readonly string[]) {
  const answers = readProbeAnswers(paths);
  for (const line of [...mounts, ...lines]) answers.add(line);
  return Object.fromEntries([...answers.facts()].map(([index, facts]) => [paths[index], facts]));
}

t.test('a path is what the helper says of it', async (t) => {
  const resolved = Buffer.from('/etc/hoßts').toString('base64');
  const shown = answersTo(
    ['/etc/hosts', '/link', '/gone', '/dead', '/srv'],
    [
      '{"stowage":"ready"}',
      'path 0 found 81a4 0 4294967294 65024 612 =',
      `path 1 found 81a4 1 2 65024 613 ${resolved}`,
      'path 2 missing',
      'path 3 unknown',
      'path 4 found 41ed 0 0 65024 2 =',
      'entries 4 40 more',
      'path 9 found 81a4 0 0 1 1 =',
      'nonsense',
    ],
  );
  t.match(shown['/etc/hosts'], {
    exists: true,
    kind: 'file',
    resolvedPath: '/etc/hosts',
    uid: 0,
    gid: 4294967294,
    mode: '0644',
    identity: '65024:612',
    fileSystem: 'ext4',
    crossesFileSystem: false,
    entries: null,
    entriesAreMore: false,
  });
  t.match(shown['/link'], { resolvedPath: '/etc/hoßts', uid: 1, gid: 2 });
  t.same(shown['/gone'], missing);
  t.equal(shown['/dead'], null);
  t.match(shown['/srv'], { kind: 'directory', crossesFileSystem: true, entries: 40, entriesAreMore: true });
  t.equal(Object.keys(shown).length, 5, 'an answer to what was not asked is none');
});

t.test('kinds and modes', async (t) => {
  const kinds = {
    '81ed': 'file',
    '41c0': 'directory',
    c1b0: 'socket',
    '61b0': 'device',
    '21b6': 'device',
    '11a4': 'fifo',
  };
  for (const [raw, kind] of Object.entries(kinds))
    t.equal(answersTo(['/x'], [`path 0 found ${raw} 0 0 1 1 =`])['/x']?.kind, kind, raw);
  t.equal(answersTo(['/x'], ['path 0 found 43ff 0 0 1 1 ='])['/x']?.mode, '1777');
  t.equal(answersTo(['/x'], ['path 0 found a1ff 0 0 1 1 ='])['/x']?.kind, 'other');
});

t.test('the file system is that of the nearest mount above, and of several the last', async (t) => {
  const paths = ['/srv/my data/x', '/srv/my data', '/srv/my', '/srv/twice', '/srv/same', '/', '/srv/same/bound'];
  const shown = answersTo(
    paths,
    paths.map((_, index) => `path ${index} found 41ed 0 0 1 ${index} =`),
  );
  const told = paths.map((path) => [shown[path]?.fileSystem, shown[path]?.crossesFileSystem]);
  t.same(told, [
    ['nfs4', false],
    ['nfs4', false],
    ['ext4', false],
    ['tmpfs', false],
    ['ext4', false],
    ['ext4', true],
    ['ext4', false],
  ]);
});
