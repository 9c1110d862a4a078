import t from 'tap';
import type { MountFacts } from '../../../src/findings/facts.ts';
import { readContainerSpec } from '../../../src/mounts/container-spec.ts';
import type { Proposal } from '../../../src/mounts/proposal.ts';

function read(body: unknown): Proposal {
  return readContainerSpec({ value: body, path: '/container', code: 'container_spec_invalid' });
}

function mountsOf(hostConfig: object, rest: object = {}): readonly MountFacts[] {
  return read({ ...rest, HostConfig: hostConfig }).container.mounts;
}

const good: [what: string, hostConfig: object, mount: Partial<MountFacts>][] = [
  ['a path', { Binds: ['/srv/a:/data'] }, { type: 'bind', source: '/srv/a', target: '/data', readOnly: false }],
  ['a path, read-only', { Binds: ['/srv/a:/data:ro'] }, { readOnly: true, selinux: null, volume: null, driver: null }],
  ['slashes too many', { Binds: ['//srv//a/./:/data//'] }, { source: '/srv/a', target: '/data' }],
  ['the root', { Binds: ['/:/host:ro,rslave'] }, { source: '/', propagation: 'rslave', readOnly: true }],
  ['a shared label', { Binds: ['/srv/a:/data:z'] }, { selinux: 'shared' }],
  ['a private label', { Binds: ['/srv/a:/data:Z,ro'] }, { selinux: 'private', readOnly: true }],
  ['consistency', { Binds: ['/srv/a:/data:cached,rw'] }, { readOnly: false, propagation: '' }],
  ['an empty mode', { Binds: ['/srv/a:/data:'] }, { source: '/srv/a', readOnly: false }],
  [
    'a volume',
    { Binds: ['shop-db:/data'] },
    { type: 'volume', volume: 'shop-db', source: '', driver: 'local', selinux: 'shared' },
  ],
  ['a volume with a mode', { Binds: ['shop-db:/data:rw'] }, { volume: 'shop-db', selinux: null, noCopy: false }],
  ['a volume without copying', { Binds: ['shop-db:/data:nocopy,ro'] }, { noCopy: true, readOnly: true }],
  [
    'a volume of another driver, whose names are its own',
    { Binds: ['pool/shop:/data'], VolumeDriver: 'nfs' },
    { volume: 'pool/shop', driver: 'nfs', selinux: null },
  ],
  ['an anonymous volume', { Binds: ['/data'] }, { type: 'volume', volume: '', target: '/data', readOnly: false }],
  [
    'a long bind',
    { Mounts: [{ Type: 'bind', Source: '/srv/a/', Target: '/data', ReadOnly: true }] },
    { type: 'bind', source: '/srv/a', target: '/data', readOnly: true, propagation: '' },
  ],
  [
    'propagation of a long bind',
    {
      Mounts: [
        { Type: 'bind', Source: '/a', Target: '/data', BindOptions: { Propagation: 'rshared', NonRecursive: true } },
      ],
    },
    { propagation: 'rshared' },
  ],
  [
    'a long volume',
    {
      Mounts: [{ Type: 'volume', Source: 'shop', Target: '/data', VolumeOptions: { NoCopy: true, Subpath: 'a/b' } }],
    },
    { volume: 'shop', driver: 'local', noCopy: true, subpath: 'a/b', selinux: 'shared' },
  ],
  [
    'a long anonymous volume',
    { Mounts: [{ Type: 'volume', Target: '/data', VolumeOptions: { DriverConfig: { Name: 'nfs' } } }] },
    { volume: '', driver: 'nfs', selinux: null },
  ],
  ['names in any case', { mounts: [{ type: 'volume', SOURCE: 'shop', target: '/data' }] }, { volume: 'shop' }],
  [
    'null as absent',
    { Mounts: [{ Type: 'volume', Source: null, Target: '/data', BindOptions: null }] },
    { volume: '' },
  ],
  [
    'a tmpfs',
    { Tmpfs: { '/tmp/': '' } },
    { type: 'tmpfs', target: '/tmp', source: '', tmpfs: { sizeBytes: null, noexec: true, nosuid: true, nodev: true } },
  ],
  [
    'a tmpfs with options',
    { Tmpfs: { '/tmp': 'ro,size=64m,mode=1777,exec' } },
    { readOnly: true, tmpfs: { sizeBytes: 64 * 2 ** 20, noexec: false, nosuid: true, nodev: true } },
  ],
  [
    'a long tmpfs',
    {
      Mounts: [
        {
          Type: 'tmpfs',
          Target: '/tmp',
          ReadOnly: true,
          TmpfsOptions: { SizeBytes: 1024, Mode: 448, Options: [['exec']] },
        },
      ],
    },
    { type: 'tmpfs', readOnly: true, tmpfs: { sizeBytes: 1024, noexec: false, nosuid: true, nodev: true } },
  ],
  [
    'an image',
    { Mounts: [{ Type: 'image', Source: 'tools:1', Target: '/tools' }] },
    { type: 'image', source: 'tools:1', target: '/tools' },
  ],
];

for (const [what, hostConfig, expected] of good)
  t.test(`reads ${what}`, async (t) => {
    const mounts = mountsOf(hostConfig);
    t.equal(mounts.length, 1);
    t.match(mounts[0], expected);
  });

t.test('reads what else rules look at', async (t) => {
  const body = {
    Image: 'postgres:17',
    User: '999:999',
    Labels: { 'stowage.project': 'shop', 'stowage.environment': 'test' },
    Cmd: ['whatever'],
    Unheard: { of: 1 },
    HostConfig: { Memory: 1024, RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 }, UsernsMode: 'host' },
  };
  t.match(read(body).container, {
    id: '',
    image: 'postgres:17',
    state: 'running',
    user: '999:999',
    usernsMode: 'host',
    memoryLimitBytes: 1024,
    restartPolicy: 'on-failure',
    project: 'shop',
    environment: 'test',
    mounts: [],
  });
  t.match(read({}).container, { image: '', user: '', memoryLimitBytes: null, restartPolicy: 'no', project: null });
});

t.test('an anonymous volume is made where nothing else is mounted', async (t) => {
  const mounts = mountsOf({ Binds: ['/srv:/a'], Tmpfs: { '/b': '' } }, { Volumes: { '/a': {}, '/b/': {}, '/c': {} } });
  t.same(
    mounts.map(({ type, target, volume }) => [type, target, volume]),
    [
      ['bind', '/a', null],
      ['tmpfs', '/b', null],
      ['volume', '/c', ''],
    ],
  );
});

t.test('a volume is made as its first mount says', async (t) => {
  const long = (target: string, VolumeOptions: object) => ({
    Type: 'volume',
    Source: 'shop',
    Target: target,
    VolumeOptions,
  });
  const { volumes } = read({
    HostConfig: {
      VolumeDriver: 'other',
      Binds: ['short:/a'],
      Mounts: [
        long('/b', { DriverConfig: { Name: 'nfs', Options: { device: ':/x' } }, Labels: { team: 'blue' } }),
        long('/c', {}),
      ],
    },
  });
  t.same(Object.fromEntries(volumes), {
    short: { driver: 'other', options: {}, labels: {} },
    shop: { driver: 'nfs', options: { device: ':/x' }, labels: { team: 'blue' } },
  });
});

t.test('containers whose mounts it takes over are named', async (t) => {
  t.same(read({ HostConfig: { VolumesFrom: ['other:ro', '/third', 'fourth:rw,z'] } }).volumesFrom, [
    { container: 'other', readOnly: true },
    { container: 'third', readOnly: false },
    { container: 'fourth', readOnly: false },
  ]);
});
