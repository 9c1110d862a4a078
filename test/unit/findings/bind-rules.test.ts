import t from 'tap';
import type { MountFacts, PathFacts } from '../../../src/findings/facts.ts';
import { bind, folder, host, volumeMount } from './facts.ts';
import { ofMount } from './verdicts.ts';

const from = (source: string, differing: Partial<MountFacts> = {}): MountFacts => ({ ...bind, source, ...differing });
const path = (differing: Partial<PathFacts>): PathFacts => ({ ...folder, ...differing });
const readOnly = { readOnly: true };

t.test('MNT-001: the socket of Docker, by any way', async (t) => {
  const table: [string, MountFacts, string[]][] = [
    ['the socket', from('/run/docker.sock'), ['MNT-001 critical']],
    ['read-only', from('/run/docker.sock', readOnly), ['MNT-001 critical']],
    ['a socket in another place', from('/run/user/1000/docker.sock'), ['MNT-001 critical']],
    ['a folder of that name', from('/srv/docker.sock', { path: path({ resolvedPath: '/srv/docker.sock' }) }), []],
    [
      'a link',
      from('/srv/socket', { path: path({ kind: 'socket', resolvedPath: '/run/docker.sock' }) }),
      ['MNT-001 critical'],
    ],
    [
      'a hard link',
      from('/srv/s', { path: path({ kind: 'socket', resolvedPath: '/srv/s', identity: '25:900' }) }),
      ['MNT-001 critical'],
    ],
    ['another socket', from('/srv/s', { path: path({ kind: 'socket', resolvedPath: '/srv/s' }) }), []],
    ['not probed yet', from('/srv/s'), []],
    ['through a volume', { ...volumeMount, boundFolder: '/run' }, ['MNT-001 critical', 'MNT-002 critical']],
    ['a name that begins alike', from('/run/docker.socket'), []],
  ];
  for (const [name, mount, expected] of table) t.same(ofMount(mount), expected, name);
});

t.test('MNT-002 and MNT-003: the system and the whole host', async (t) => {
  const both = ['MNT-001 critical', 'MNT-003 critical'];
  const table: [string, MountFacts, string[]][] = [
    ['/etc', from('/etc'), ['MNT-002 critical']],
    ['/etc/', from('/etc/'), ['MNT-002 critical']],
    ['/etc, read-only', from('/etc', readOnly), ['MNT-002 high']],
    ['/run, which holds the socket too', from('/run', readOnly), ['MNT-001 critical', 'MNT-002 high']],
    ['below /proc', from('/proc/sys', readOnly), ['MNT-002 high']],
    ['a device', from('/dev/shm'), ['MNT-002 critical']],
    ['below /usr', from('/usr/share/zoneinfo', readOnly), []],
    ['below /var', from('/var/www'), []],
    ["Docker's root", from('/var/lib/docker'), ['MNT-002 critical']],
    ["below Docker's root", from('/var/lib/docker/volumes/x/_data'), ['MNT-002 critical']],
    ["above Docker's root", from('/var/lib', readOnly), ['MNT-002 high']],
    ["beside Docker's root", from('/var/lib/docker-data'), []],
    ['a link to /etc', from('/srv/link', { path: path({ resolvedPath: '/etc' }) }), ['MNT-002 critical']],
    ['a volume of Docker itself', volumeMount, []],
    ['a volume that binds /etc', { ...volumeMount, boundFolder: '/etc' }, ['MNT-002 critical']],
    ['everything', from('/'), both],
    ['everything, read-only', from('/', readOnly), both],
    ['everything, by a detour', from('/srv/..'), both],
    ['a link to everything', from('/srv/root', { path: path({ resolvedPath: '/' }) }), both],
  ];
  for (const [name, mount, expected] of table) t.same(ofMount(mount), expected, name);
});

t.test('MNT-004: configuration that can be written', async (t) => {
  const table: [string, MountFacts, boolean][] = [
    ['a file below /etc', from('/etc/hosts'), true],
    ['a folder below /etc', from('/etc/nginx'), true],
    ['read-only', from('/etc/nginx', readOnly), false],
    ['a file by its name', from('/srv/nginx.conf'), true],
    ['an environment', from('/srv/.env'), true],
    ['an environment of a stage', from('/srv/.env.production'), true],
    ['a folder with such a name', from('/srv/app.d.conf', { path: folder }), false],
    ['a link to /etc', from('/srv/x', { path: path({ resolvedPath: '/etc/ssl' }) }), true],
    ['data', from('/srv/data.db'), false],
    ['beside /etc', from('/etcetera'), false],
  ];
  for (const [name, mount, expected] of table) t.equal(ofMount(mount).includes('MNT-004 medium'), expected, name);
});

t.test('MNT-005, MNT-015 and MNT-016: what is at the path', async (t) => {
  const gone: PathFacts = {
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
  const table: [string, MountFacts, string[]][] = [
    ['it is there', from('/srv/shop', { path: folder }), []],
    ['it is not', from('/srv/shop', { path: gone }), ['MNT-005 high']],
    ['another file system', from('/srv/shop', { path: path({ crossesFileSystem: true }) }), ['MNT-015 info']],
    ['as many entries as may be', from('/srv/shop', { path: path({ entries: 100_000 }) }), []],
    ['one more', from('/srv/shop', { path: path({ entries: 100_001 }) }), ['MNT-016 low']],
    [
      'counted up to the limit',
      from('/srv/shop', { path: path({ entries: 100_000, entriesAreMore: true }) }),
      ['MNT-016 low'],
    ],
    ['counted up to less', from('/srv/shop', { path: path({ entries: 5000, entriesAreMore: true }) }), []],
    ['of a volume', { ...volumeMount, path: gone }, []],
  ];
  for (const [name, mount, expected] of table) t.same(ofMount(mount), expected, name);
});

t.test('MNT-006: outside the allowed roots', async (t) => {
  const roots = { allowedRoots: ['/srv', '/data'] };
  const outside = ['MNT-006 medium'];
  t.same(ofMount(from('/srv/shop'), {}, roots), []);
  t.same(ofMount(from('/srv'), {}, roots), []);
  t.same(ofMount(from('/opt/shop'), {}, roots), outside);
  t.same(ofMount(from('/srv-two'), {}, roots), outside);
  t.same(ofMount(from('/srv/../opt'), {}, roots), outside);
  t.same(ofMount(from('/srv/link', { path: path({ resolvedPath: '/opt/shop' }) }), {}, roots), outside);
  t.same(ofMount(from('/srv/link', { path: path({ resolvedPath: '/data/shop' }) }), {}, roots), []);
  t.same(ofMount(volumeMount, {}, roots), []);
  t.same(ofMount(from('/opt/shop')), [], 'any folder when there are no roots');
});

t.test('MNT-007: root with a writable bind', async (t) => {
  const fault = ['MNT-007 medium'];
  for (const user of ['', 'root', '0', '0:0', '0:1000', 'root:staff']) t.same(ofMount(bind, { user }), fault, user);
  for (const user of ['1000', '1000:0', 'www-data', '10']) t.same(ofMount(bind, { user }), [], user);
  t.same(ofMount({ ...bind, readOnly: true }, { user: '' }), []);
  t.same(ofMount(volumeMount, { user: '' }), []);
  const remapped = { host: { ...host, remapsUsers: true } };
  t.same(ofMount(bind, { user: '' }, remapped), []);
  t.same(ofMount(bind, { user: '', usernsMode: 'host' }, remapped), fault);
  t.same(ofMount(bind, { user: '' }, { host: { ...host, remapsUsers: null } }), [], 'not known');
});

t.test('MNT-008: shared propagation', async (t) => {
  for (const propagation of ['rshared', 'shared']) t.same(ofMount({ ...bind, propagation }), ['MNT-008 high']);
  for (const propagation of ['', 'rprivate', 'private', 'rslave', 'slave'])
    t.same(ofMount({ ...bind, propagation }), []);
});

t.test('MNT-017: labels of SELinux', async (t) => {
  const fault = 'MNT-017 high';
  const table: [string, MountFacts, boolean][] = [
    ['private, and alone', { ...bind, selinux: 'private', sharedWith: [] }, false],
    ['private, and others mount it', { ...bind, selinux: 'private', sharedWith: ['web'] }, true],
    ['private, and who mounts it is not known', { ...bind, selinux: 'private' }, false],
    ['shared, and others mount it', { ...bind, selinux: 'shared', sharedWith: ['web'] }, false],
    ['shared on the system', from('/usr', { selinux: 'shared' }), true],
    ['shared on everything', from('/', { selinux: 'shared' }), true],
    ['a volume, and others mount it', { ...volumeMount, selinux: 'private', sharedWith: ['web'] }, true],
    ['none on the system', from('/usr'), false],
  ];
  for (const [name, mount, expected] of table) t.equal(ofMount(mount).includes(fault), expected, name);
});

t.test('MNT-018: a user without access', async (t) => {
  const fault = ['MNT-018 medium'];
  const at = (differing: Partial<PathFacts>) => ({ ...bind, path: path(differing) });
  const table: [string, MountFacts, string, string[]][] = [
    ['the owner', at({}), '1000', []],
    ['another', at({}), '1001:1001', fault],
    ['the group may not write', at({}), '1001:1000', fault],
    ['the group may', at({ mode: '0775' }), '1001:1000', []],
    ['everybody may', at({ mode: '1777' }), '1001:1001', []],
    ['the group of the user is not known', at({ mode: '0775' }), '1001', []],
    ['nobody but the owner may', at({ mode: '0700' }), '1001', fault],
    ['the owner may not, though everybody else may', at({ mode: '0077' }), '1000', fault],
    ['writes but cannot enter', at({ mode: '0666' }), '1001:1001', fault],
    ['only reads', { ...at({}), readOnly: true }, '1001:1001', []],
    ['cannot even read', { ...at({ mode: '0750' }), readOnly: true }, '1001:1001', fault],
    ['a file that it may write', at({ kind: 'file', mode: '0666' }), '1001:1001', []],
    ['a user with a name', at({ mode: '0700' }), 'app', []],
    ['not probed', bind, '1001:1001', []],
    ['no mode', at({ mode: null }), '1001:1001', []],
  ];
  for (const [name, mount, user, expected] of table) t.same(ofMount(mount, { user }), expected, name);
  const ofVolume: MountFacts = { ...volumeMount, path: path({}) };
  t.same(ofMount(ofVolume, { user: '1001:1001' }), fault, 'the folder of a volume');
  t.same(ofMount(ofVolume, { user: '1000' }), [], 'its owner');

  const remapping = (idOffsets: { uid: number; gid: number } | null) => ({
    host: { ...host, remapsUsers: true, idOffsets },
  });
  t.same(ofMount(at({}), { user: '1001' }, remapping(null)), [], 'nobody knows who it is on the host');
  const remapped = remapping({ uid: 100_000, gid: 100_000 });
  t.same(ofMount(at({}), { user: '1000' }, remapped), fault, 'another user on the host');
  t.same(ofMount(at({ uid: 101_000 }), { user: '1000' }, remapped), [], 'the owner by its number on the host');
  t.same(ofMount(at({}), { user: '' }, remapped), fault, 'root is an ordinary user of the host then');
  const asHost = { user: '1000', usernsMode: 'host' };
  t.same(ofMount(at({}), asHost, remapped), [], 'the users of the host all the same');
});
