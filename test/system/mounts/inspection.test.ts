import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { inventoryOf } from '../../../src/hosts/inventory.ts';
import { freshPaths } from '../../../src/hosts/read.ts';
import { connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { openInventoryPorts } from '../../machinery/inventory-ports.ts';
import { type Stowage, sharedStowage, startStowage } from '../../machinery/stowage.ts';
import { containerMaker } from './container-maker.ts';

interface Seen {
  readonly target: string;
}

async function makeFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(groundOfTests().folder, 'mounts_'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The mounts of a container by target, once the inventory has seen so many, and the container in this state. */
async function mountsOf(stowage: Stowage, container: string, count: number, state = /./) {
  const path = `/v1/mounts?container=${container}`;
  const { items } = await stowage.until(
    path,
    ({ items }) => items.length === count && state.test(items[0].container.state),
    20,
  );
  return Object.fromEntries(items.map((mount: Seen) => [mount.target, mount]));
}

t.test('a volume shows how it is mounted: words, labels for SELinux, copying, its folder, and for whom', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const make = containerMaker(t, docker);
  const volume = docker.name('data');
  await docker.engine.createVolume({ Name: volume });
  await docker.run(volume, 'mkdir /data/sub');
  const { id } = await make({
    name: 'app',
    user: '1234:4321',
    script: 'sleep 600',
    Binds: [`${volume}:/short:ro,z`, `${docker.name('plain')}:/private:Z,nocopy`],
    Mounts: [
      { Type: 'volume', Source: volume, Target: '/nocopy', VolumeOptions: { NoCopy: true } as never },
      { Type: 'volume', Source: volume, Target: '/sub', VolumeOptions: { Subpath: 'sub' } as never },
    ],
  });
  const shown = await mountsOf(stowage, id, 4, /running/);
  const common = { type: 'volume', driver: 'local', user: '1234:4321', tmpfs: null, path: null };
  const container = { id, name: docker.name('app'), state: 'running' };
  t.match(shown['/short'], { ...common, container, readOnly: true, selinux: 'shared', noCopy: false, subpath: null });
  t.same(new Set(shown['/short'].options), new Set(['ro', 'z']));
  t.match(shown['/private'], { ...common, readOnly: false, selinux: 'private' });
  t.match(
    shown['/nocopy'],
    { ...common, selinux: 'shared', noCopy: true, subpath: null },
    'Docker shares a volume of this form by itself',
  );
  t.match(shown['/sub'], { ...common, noCopy: false, subpath: 'sub', volume });
  await docker.engine.getContainer(id).stop({ t: 0 });
  await stowage.until(`/v1/mounts?container=${id}`, ({ items }) => items[0].container.state === 'exited', 20);
});

t.test('a bind shows the path that it leads to, as it is on the host', async (t) => {
  const docker = testDocker(t);
  // Without the watcher, the test says when paths are looked at.
  const stowage = await startStowage(t, { roles: 'api' });
  const ports = await openInventoryPorts(t, { database: stowage.database });
  const make = containerMaker(t, docker);
  const folder = await makeFolder(t);
  const at = (name: string) => join(folder, name);
  await mkdir(at('data'));
  await chown(at('data'), 999, 998);
  await chmod(at('data'), 0o2750);
  for (const name of ['odd "na\nme"', 'ünï', 'file']) await writeFile(at(name), '');
  await mkdir(at('gone'));
  await symlink('/etc', at('link'));
  const socket = new URL(groundOfTests().dockerHost).pathname;
  const names = ['data', 'odd "na\nme"', 'ünï', 'file', 'gone', 'link', 'made'];
  const bind = (name: string) => ({ Type: 'bind' as const, Source: at(name), Target: `/x/${names.indexOf(name)}` });
  const { id } = await make({
    name: 'binds',
    script: 'sleep 600',
    Binds: [`${at('made')}:/x/6:ro`, `${socket}:/socket`],
    Mounts: names.slice(0, 6).map(bind),
  });
  await rm(at('gone'), { recursive: true });
  await inventoryOf(ports, 'local').refreshAll();
  t.equal((await mountsOf(stowage, id, 8, /running/))['/x/0'].path, null, 'nothing is said before it was looked at');
  await freshPaths(ports, 'local');

  const shown = await mountsOf(stowage, id, 8);
  const ofName = (name: string) => shown[`/x/${names.indexOf(name)}`];
  t.match(ofName('data'), { type: 'bind', source: at('data'), propagation: 'rprivate', volume: null, user: '' });
  t.match(ofName('data').path, { exists: true, kind: 'directory', uid: 999, gid: 998, mode: '2750', entries: 0 });
  t.match(ofName('odd "na\nme"').path, { exists: true, kind: 'file', resolvedPath: at('odd "na\nme"') });
  t.match(ofName('ünï').path, { exists: true, kind: 'file', crossesFileSystem: false });
  t.match(ofName('gone').path, { exists: false, kind: null }, 'what was removed after the creation');
  t.match(ofName('link').path, { kind: 'directory', resolvedPath: '/etc', uid: 0 }, 'a link that leads elsewhere');
  t.match(ofName('made'), { readOnly: true, options: ['ro'], path: { kind: 'directory' } });
  t.match(shown['/socket'].path, { kind: 'socket', identity: /^\d+:\d+$/ });
  const refused = make({ name: 'refused', Mounts: [{ Type: 'bind', Source: at('nothing'), Target: '/x' }] });
  await t.rejects(refused, /bind source path does not exist/, 'Docker itself refuses a missing path in this form');

  const answer = await stowage.graphql(
    `query ($id: String!) { mounts(container: $id, target: "/x/0") { items { options selinux noCopy subpath user
      container { state } path { exists kind resolvedPath uid gid mode identity fileSystem crossesFileSystem entries entriesAreMore } } } }`,
    { id },
  );
  const { options, selinux, noCopy, subpath, user, path } = ofName('data');
  t.same(answer.data.mounts.items, [
    { options, selinux, noCopy, subpath, user, container: { state: 'running' }, path },
  ]);
});

t.test('a volume that binds a folder shows that folder, once it was looked at', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const folder = await makeFolder(t);
  const volume = docker.name('binding');
  const DriverOpts = { type: 'none', o: 'bind', device: folder };
  await docker.engine.createVolume({ Name: volume, DriverOpts });
  const { id } = await containerMaker(t, docker)({ name: 'app', Binds: [`${volume}:/data`] });
  const path = `/v1/mounts?container=${id}`;
  const { items } = await stowage.until(path, ({ items }) => items.length === 1 && items[0].path !== null);
  t.match(items, [{ type: 'volume', path: { exists: true, kind: 'directory', resolvedPath: folder } }]);
});

t.test('a tmpfs shows its size and flags, whichever form made it', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const { db } = await openInventoryPorts(t, { database: stowage.database });
  const { id } = await containerMaker(
    t,
    docker,
  )({
    name: 'tmpfs',
    Memory: 64 * 2 ** 20,
    script: 'grep tmpfs /proc/mounts; sleep 600',
    Tmpfs: { '/a': 'rw,exec,dev,size=50m', '/b': '' },
    Mounts: [{ Type: 'tmpfs', Source: '', Target: '/c', TmpfsOptions: { SizeBytes: 10 * 2 ** 20, Mode: 0o1770 } }],
  });
  const shown = await mountsOf(stowage, id, 3);
  const flags = { noexec: true, nosuid: true, nodev: true, usedBytes: null, measuredAt: null };
  t.match(shown['/a'].tmpfs, { ...flags, sizeBytes: 50 * 2 ** 20, noexec: false, nodev: false });
  t.same(shown['/a'].options, ['rw', 'exec', 'dev', 'size=50m']);
  t.match(shown['/b'], { tmpfs: { ...flags, sizeBytes: null }, options: [], readOnly: false });
  t.match(shown['/c'].tmpfs, { ...flags, sizeBytes: 10 * 2 ** 20 });
  const measured = { tmpfsUsedBytes: 4096, tmpfsMeasuredAt: new Date('2026-11-25T12:00:00Z') };
  await db.mount.updateMany({ where: { containerId: id, target: '/a' }, data: measured });
  t.match((await mountsOf(stowage, id, 3))['/a'].tmpfs, { usedBytes: 4096, measuredAt: '2026-11-25T12:00:00.000Z' });
  t.match(await stowage.get(`/v1/hosts/local/containers/${id}`), {
    memoryLimitBytes: 64 * 2 ** 20,
    user: '',
    restartPolicy: 'no',
    usernsMode: '',
    writable: null,
  });
});

t.test('mounts are filtered, combined and paged, and are hidden from other projects', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const make = containerMaker(t, docker);
  const folder = await makeFolder(t);
  for (const name of ['a', 'a/below', 'a_', 'ab', 'ab/below']) await mkdir(join(folder, name));
  const volume = docker.name('data');
  const source = (name: string) => `${folder}/${name}`;
  const one = await make({
    name: 'one',
    project: 'shop',
    user: '1000',
    Binds: [`${source('a')}:/a`, `${source('a/below')}:/below:ro,rshared`, `${source('a_')}:/a_`],
  });
  const two = await make({
    name: 'two',
    project: 'blog',
    Binds: [`${source('ab')}:/ab`, `${source('ab/below')}:/axb`, `${volume}:/volume`],
    Tmpfs: { '/tmpfs': '' },
  });
  await mountsOf(stowage, one.id, 3);
  await mountsOf(stowage, two.id, 4);
  const targets = async (query: string, client: Pick<Stowage, 'get'> = stowage) => {
    const found: string[] = [];
    for (const id of [one.id, two.id]) {
      const { items } = await client.get(`/v1/mounts?container=${id}&${query}`);
      found.push(...items.map(({ target }: Seen) => target));
    }
    return found;
  };
  t.same(await targets(''), ['/a', '/a_', '/below', '/ab', '/axb', '/tmpfs', '/volume']);
  t.same(await targets('type=tmpfs'), ['/tmpfs']);
  t.same(await targets(`source=${source('a')}`), ['/a', '/below'], 'a folder and what is below it');
  t.same(await targets(`source=${source('a')}/`), ['/a', '/below']);
  t.same(await targets(`source=${source('a_')}`), ['/a_'], 'and no pattern');
  t.same(await targets('source=/'), ['/a', '/a_', '/below', '/ab', '/axb', '/volume']);
  t.same(await targets('target=/ab'), ['/ab']);
  t.same(await targets('driver=local'), ['/volume']);
  t.same(await targets('propagation=rshared'), ['/below']);
  t.same(await targets('user=1000'), ['/a', '/a_', '/below']);
  t.same(await targets('user='), ['/ab', '/axb', '/tmpfs', '/volume']);
  t.same(await targets('project=blog&type=bind'), ['/ab', '/axb']);
  t.same(await targets(`source=${folder}&readOnly=true&user=1000&host=local&propagation=rshared`), ['/below']);
  for (const query of ['propagation=odd', 'source=relative', 'target=', 'colour=red', 'readOnly=maybe'])
    t.match(await stowage.call('GET', `/v1/mounts?${query}`), { status: 400, body: { code: 'invalid_input' } }, query);

  const pages: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await stowage.get(`/v1/mounts?source=${folder}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    t.ok(page.items.length <= 2);
    pages.push(...page.items.map(({ target }: Seen) => target));
    cursor = page.nextCursor;
  }
  t.same(new Set(pages), new Set(['/a', '/below', '/a_', '/ab', '/axb']));
  t.equal(pages.length, 5);

  const { key } = await stowage.created('POST', '/v1/tokens', {
    name: 'shop',
    roles: [{ role: 'viewer', project: 'shop' }],
  });
  const stranger = connectClient(stowage.address, key);
  t.same(await targets('', stranger), ['/a', '/a_', '/below']);
  t.same(await targets('project=blog', stranger), []);
  const seen = await stranger.graphql(`{ mounts(source: "${folder}") { items { target path { exists } } } }`);
  t.same(
    seen.data.mounts.items.map(({ target }: Seen) => target),
    ['/a', '/a_', '/below'],
  );
  const inGraphql = await stowage.graphql(
    `{ mounts(source: "${folder}", user: "1000", propagation: rshared) { items { target } } }`,
  );
  t.same(inGraphql.data.mounts.items, [{ target: '/below' }]);
});
