import t from 'tap';
import { readHealth } from '../../../src/health/probe.ts';
import { problemsOf } from '../../../src/health/problems.ts';

const well = {
  host: 'local',
  volume: 'uploads',
  share: null,
  project: null,
  checkedAt: null,
  consumers: [],
  writers: 0,
  locks: [],
  space: { totalBytes: 1000, availableBytes: 500, totalInodes: 100, freeInodes: 50 },
  ioPressure: { some10: 1, some60: 1, full10: 0, full60: 0 },
  permissions: null,
};
const lock = { container: 'web', path: '/queue', type: 'FLOCK', access: 'WRITE', isWaiting: false };
const kindsOf = (change: object) => problemsOf({ ...well, ...change }).map(({ problem }) => problem);

t.test('each trouble of shared data is told by its signs, and by no other', async (t) => {
  t.same(kindsOf({}), []);
  t.same(kindsOf({ space: null, ioPressure: null }), [], 'what is not known is no trouble');
  t.same(kindsOf({ space: { ...well.space, availableBytes: 49 } }), ['disk_full']);
  t.same(kindsOf({ space: { ...well.space, freeInodes: 4 } }), ['disk_full']);
  t.same(kindsOf({ space: { ...well.space, totalInodes: 0, freeInodes: 0 } }), [], 'inodes as needed');
  t.same(kindsOf({ ioPressure: { ...well.ioPressure, some60: 40 } }), ['slow_storage']);
  t.same(kindsOf({ ioPressure: { ...well.ioPressure, full60: 10 } }), ['slow_storage']);
  t.same(kindsOf({ locks: [lock] }), [], 'a lock alone is how it should be');
  const [conflict] = problemsOf({ ...well, locks: [lock, { ...lock, container: 'worker', isWaiting: true }] });
  t.match(conflict, { problem: 'lock_conflict', detail: /"worker" waits .* "\/queue", held by "web"/ });
  const denied = [{ container: 'web', action: 'write', entries: 1, sentence: 'others may not write.' }];
  t.match(problemsOf({ ...well, permissions: { check: 'c', checkedAt: '', denied } }), [
    { problem: 'permission_denied', detail: 'Container "web" may not write 1 entry: others may not write.' },
  ]);
});

t.test('what a helper says is read, odd names included', async (t) => {
  const place = { volumeId: 'v', container: { id: 'a', name: 'web' }, target: '/data', pid: 1 };
  const inner = { ...place, volumeId: 'w', target: '/data/in' };
  const seen = readHealth(
    [
      'pressure 1.00 2.50 0.00 0.10',
      'space 0 4096 10 5 100 50',
      'lock a FLOCK WRITE 0 /data/a%0Ab%20c',
      'lock a POSIX READ 1 /data/in/x',
      'lock a FLOCK WRITE 0 /database/x',
      'lock b FLOCK WRITE 0 /data/x',
      'nonsense',
    ],
    [place, inner],
  );
  t.same(seen.get('v'), {
    ioPressure: { some10: 1, some60: 2.5, full10: 0, full60: 0.1 },
    space: { totalBytes: 40_960, availableBytes: 20_480, totalInodes: 100, freeInodes: 50 },
    locks: [{ ...lock, path: '/a\nb c' }],
  });
  t.match(seen.get('w')?.locks, [{ path: '/x', type: 'POSIX', access: 'READ', isWaiting: true }]);
});
