import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import {
  boundFolderOf,
  findRule,
  judge,
  loadMounters,
  loadPaths,
  loadScene,
  loadSurroundings,
  socketPaths,
} from '../../../src/findings/read.ts';
import { inventoryOf } from '../../../src/hosts/inventory.ts';
import { noteConnected } from '../../../src/hosts/store.ts';
import { testDocker } from '../../machinery/docker.ts';
import { makeVolume, startApp } from '../../machinery/engine-user.ts';
import { openInventoryPorts } from '../../machinery/inventory-ports.ts';

t.test('the scene of a host is what its inventory, its measurements and its engine say', async (t) => {
  const docker = testDocker(t);
  const ports = await openInventoryPorts(t);
  const { db, config } = ports;
  const [mine, shared] = [await makeVolume(docker.name('mine')), await makeVolume(docker.name('shared'))];
  const mounts = (names: string[]) =>
    names.map((Source, index) => ({ Type: 'volume' as const, Source, Target: `/data${index}` }));
  const app = await startApp(t, {
    User: '1000:1000',
    HostConfig: {
      Mounts: mounts([mine, shared]),
      Tmpfs: { '/tmp': '' },
      Memory: 64 * 2 ** 20,
      RestartPolicy: { Name: 'unless-stopped' },
    },
  });
  const other = await startApp(t, { HostConfig: { Mounts: mounts([shared]) } });
  await noteConnected(db, 'local', await ports.engines.get('local').info());
  await inventoryOf(ports, 'local').refreshAll();
  await db.container.updateMany({ where: { id: app.id }, data: { writableBytes: 3_000_000n } });
  const day = 86_400_000;
  for (const [ago, bytes] of [
    [20 * day, 900_000_000n],
    [2 * day, 1_000_000n],
    [day, 2_000_000n],
    [0, 3_000_000n],
  ] as const)
    await db.containerSample.create({
      data: { hostName: 'local', containerId: app.id, at: new Date(Date.now() - ago), writableBytes: bytes },
    });

  const around = await loadSurroundings(db, config, 'local');
  if (around === null) throw new Error('The host is not known.');
  t.match(around.host, { remapsUsers: false, volumeDrivers: ['local'], rootFolder: /^\// });
  t.same(
    around.host.sockets.map(({ path }) => path),
    socketPaths(ports.engines.get('local').endpoint),
  );
  t.equal(await loadSurroundings(db, config, 'nowhere'), null);

  const scene = await loadScene(db, 'local', { containers: [app.id], volumes: [shared] });
  t.match(scene.containers, [
    {
      id: app.id,
      user: '1000:1000',
      memoryLimitBytes: 64 * 2 ** 20,
      restartPolicy: 'unless-stopped',
      state: 'running',
    },
  ]);
  const growth = scene.containers[0]?.writable?.growthBytesPerDay ?? 0;
  t.ok(Math.abs(growth - 1_000_000) < 1000, `grows by ${growth} bytes a day`);
  t.same(
    scene.containers[0]?.mounts.map(({ target, type }) => [target, type]),
    [
      ['/data0', 'volume'],
      ['/data1', 'volume'],
      ['/tmp', 'tmpfs'],
    ],
  );
  t.same(new Set(scene.volumes[0]?.users.map((user) => user.container.id)), new Set([app.id, other.id]));

  const everything = await loadScene(db, 'local');
  t.ok(everything.volumes.length >= 2 && everything.containers.length >= 2);
  const judged = judge(scene, around, config.policy.rules);
  t.match(
    judged.filter(({ rule }) => rule === findRule('MNT-009')),
    [{ subject: { target: '/tmp', containerId: app.id } }],
  );
});

t.test('a bind knows what is at its path, and who else mounts what is relabeled as private', async (t) => {
  const ports = await openInventoryPorts(t);
  const { db } = ports;
  const path = await mkdtemp(join(tmpdir(), 'bound-'));
  t.teardown(() => rm(path, { recursive: true }));
  const first = await startApp(t, { HostConfig: { Binds: [`${path}:/data:Z`] } });
  const second = await startApp(t, { HostConfig: { Binds: [`${path}:/data`] } });
  await inventoryOf(ports, 'local').refreshAll();
  const facts = {
    exists: true,
    kind: 'directory',
    resolvedPath: path,
    uid: 0,
    gid: 0,
    mode: '0755',
    identity: '1:2',
    fileSystem: 'ext4',
    crossesFileSystem: false,
    entries: 0,
    entriesAreMore: false,
  };
  await db.hostPath.create({ data: { hostName: 'local', path, facts, checkedAt: new Date() } });
  const { containers } = await loadScene(db, 'local', { containers: [first.id, second.id], volumes: [] });
  const [mount] = containers.find(({ id }) => id === first.id)?.mounts ?? [];
  t.match(mount, { source: path, selinux: 'private', path: facts, boundFolder: null });
  const { Name } = await second.inspect();
  t.ok(mount?.sharedWith?.includes(Name.slice(1)));
  t.match(
    (await loadMounters(db, 'local', [path]))
      .get(path)
      ?.map(({ containerId }) => containerId)
      .sort(),
    [first.id, second.id].sort(),
  );

  await db.hostPath.update({
    where: { hostName_path: { hostName: 'local', path } },
    data: { facts: { exists: 'perhaps' } },
  });
  t.equal((await loadPaths(db, 'local', [path])).size, 0, 'what was written in another form is not known');
});

t.test('a volume of the driver local may bind a folder of the host', async (t) => {
  t.equal(boundFolderOf('local', { type: 'none', o: 'rw,bind', device: '/srv/shop' }), '/srv/shop');
  t.equal(boundFolderOf('local', { type: 'nfs', o: 'addr=10.0.0.1', device: ':/export' }), null);
  t.equal(boundFolderOf('other', { o: 'bind', device: '/srv' }), null);
});
