import t from 'tap';
import type { EngineContainer, EngineMount } from '../../../src/engine/engine-objects.ts';
import { backendOf, isMountedFromElsewhere } from '../../../src/volumes/shared-backend.ts';
import { volumeUsers } from '../../../src/volumes/volume-users.ts';

const mount = (more: Partial<EngineMount>): EngineMount => ({
  type: 'volume',
  source: '',
  target: '/data',
  volume: null,
  driver: null,
  mode: '',
  readOnly: false,
  propagation: '',
  selinux: null,
  noCopy: false,
  subpath: null,
  tmpfs: null,
  ...more,
});
const container = (name: string, mounts: EngineMount[], more: Partial<EngineContainer> = {}): EngineContainer => ({
  id: name,
  name,
  image: 'x',
  imageId: 'x',
  state: 'exited',
  status: '',
  labels: {},
  createdAt: null,
  user: '',
  memoryLimitBytes: null,
  restartPolicy: 'no',
  usernsMode: '',
  networkOf: null,
  mounts,
  ...more,
});
const volume = { name: 'data', driver: 'local', mountpoint: '/var/lib/docker/volumes/data/_data' };
const bind = (source: string) => mount({ type: 'bind', source });

t.test('whoever has a volume uses it, in any state, and also by its folder', (t) => {
  const cases: [string, EngineContainer, string[]][] = [
    ['one that mounts it', container('a', [mount({ volume: 'data' })]), ['a (exited)']],
    [
      'one that mounts it twice',
      container('a', [mount({ volume: 'data' }), mount({ volume: 'data', target: '/x' })]),
      ['a (exited)'],
    ],
    ['one that mounts another', container('a', [mount({ volume: 'other' })]), []],
    ['a bind of its folder', container('a', [bind('/var/lib/docker/volumes/data/_data')]), ['a (exited)']],
    ['a bind below it', container('a', [bind('/var/lib/docker/volumes/data/_data/sub')]), ['a (exited)']],
    ["a bind of Docker's folder of it", container('a', [bind('/var/lib/docker/volumes/data')]), ['a (exited)']],
    ["a bind of all of Docker's folders", container('a', [bind('/var/lib/docker/volumes')]), []],
    ['a bind of a namesake', container('a', [bind('/var/lib/docker/volumes/data/_data2')]), []],
    ['a helper of ours', container('h', [mount({ volume: 'data' })], { labels: { 'stowage.installation': 'us' } }), []],
    [
      'a helper of others',
      container('h', [mount({ volume: 'data' })], { labels: { 'stowage.installation': 'them' } }),
      ['a helper of another installation of Stowage (exited)'],
    ],
  ];
  for (const [title, one, expected] of cases)
    t.same(volumeUsers([one], { installation: 'us', project: null })(volume), expected, title);
  t.same(
    volumeUsers([container('a', [bind('/x')])], { installation: 'us', project: null })({ ...volume, mountpoint: '' }),
    [],
  );
  t.end();
});

t.test('who may see one project does not learn the names of containers of another', (t) => {
  const own = container('a', [mount({ volume: 'data' })], { labels: { 'stowage.project': 'shop' } });
  const foreign = container('b', [mount({ volume: 'data' })], { state: 'running' });
  t.same(volumeUsers([own, foreign], { installation: 'us', project: 'shop' })(volume), [
    'a (exited)',
    'a container of another project (running)',
  ]);
  t.end();
});

t.test('what other hosts may share of a volume', (t) => {
  const local = (options: Record<string, string>) => ({ name: 'v', driver: 'local', scope: 'local', options });
  const cases: [ReturnType<typeof local>, string | null][] = [
    [local({}), null],
    [local({ type: 'none', o: 'bind', device: '/srv/x' }), null],
    [local({ type: 'tmpfs', device: 'tmpfs' }), null],
    [local({ type: 'nfs', o: 'addr=10.0.0.1', device: ':/export/a' }), 'nfs /export/a'],
    [local({ type: 'nfs4', o: 'addr=nas,rw', device: ':/export/a/' }), 'nfs /export/a'],
    [local({ type: 'nfs', device: 'nas:/export/a' }), 'nfs /export/a'],
    [local({ type: 'nfs', device: ':/export/b' }), 'nfs /export/b'],
    [local({ type: 'cifs', device: '//nas/share' }), 'cifs /share'],
    [local({ type: 'cifs', device: '\\\\nas\\share' }), 'cifs /share'],
    [{ ...local({}), driver: 'ceph', scope: 'global' }, 'driver ceph, volume v'],
    [{ ...local({}), driver: 'plugin', scope: 'local' }, null],
  ];
  for (const [one, expected] of cases) t.equal(backendOf(one), expected, JSON.stringify(one));
  t.equal(isMountedFromElsewhere(local({ type: 'nfs', device: ':/a' })), true);
  t.equal(isMountedFromElsewhere(local({ type: 'tmpfs', device: 'tmpfs' })), false);
  t.equal(isMountedFromElsewhere(local({})), false);
  t.end();
});
