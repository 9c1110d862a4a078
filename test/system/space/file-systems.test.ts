import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { mountDisk } from '../../machinery/loop-disk.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { startEngine } from '../machinery/own-engine.ts';

const measurements = '/v1/hosts/local/measurements';
const diskBytes = 400_000_000;

t.test(
  'a volume shows the file system it lies on: one that it binds, and one that an administrator has mounted over it',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t);
    const disk = await mkdtemp(join(groundOfTests().folder, 'disk-'));
    await mountDisk(t, 'xfs', disk, diskBytes);
    await mkdir(join(disk, 'data'));
    await writeFile(join(disk, 'data', 'file'), 'x'.repeat(1234));
    const bound = docker.name('bound');
    await stowage.created('POST', '/v1/hosts/local/volumes', {
      name: bound,
      options: { type: 'none', o: 'bind', device: join(disk, 'data') },
    });
    await docker.container({ volume: bound, script: 'sleep 600', stopTimeout: 1 });

    const covered = docker.name('covered');
    const { mountpoint } = await stowage.created('POST', '/v1/hosts/local/volumes', { name: covered });
    await writeFile(join(mountpoint, 'below'), 'not to be seen');
    await mountDisk(t, 'xfs', mountpoint, diskBytes);
    await writeFile(join(mountpoint, 'above'), 'x'.repeat(4321));
    const plain = docker.name('plain');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: plain });
    await docker.until(async () => (await stowage.get(`/v1/hosts/local/volumes/${bound}`)).inUse, 20);

    await stowage.finished('POST', measurements, {});
    const usageOf = (name: string) => stowage.get(`/v1/hosts/local/volumes/${name}/usage`);
    const xfs = { type: 'xfs', totalBytes: Number, totalInodes: Number };
    for (const [name, bytes] of [
      [bound, 1234],
      [covered, 4321],
    ] as const) {
      const { usage, fileSystem } = await usageOf(name);
      t.match({ usage, fileSystem }, { usage: { bytes, files: 1, inodes: 2 }, fileSystem: xfs }, name);
      t.ok(fileSystem.totalBytes < diskBytes && fileSystem.freeBytes < fileSystem.totalBytes);
    }
    t.ok((await usageOf(plain)).fileSystem.totalBytes > diskBytes, 'others lie where the engine does');
  },
);

t.test('the storage of an engine is looked at: file system, device, free space and inodes', async (t) => {
  const folder = await mkdtemp(join(groundOfTests().folder, 'engine-on-xfs-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const directory = join(folder, 'disk');
  await mountDisk(t, 'xfs', directory, 4_000_000_000);
  const engine = await startEngine(t, directory);
  const stowage = await startStowage(t, { env: { DOCKER_HOST: engine.endpoint } });
  await stowage.until('/v1/hosts/local', ({ inventory }) => inventory.syncedAt !== null);
  await stowage.finished('POST', measurements, {}, 120);
  t.match(await stowage.get('/v1/hosts/local/storage'), {
    storageDriver: 'overlay2',
    backingFileSystem: 'xfs',
    rootFolder: join(directory, 'data'),
    storage: { fileSystem: 'xfs', isNetwork: false, device: /^\/dev\/loop\d+$/, isRotational: null },
    verdict: 'good',
    reasons: [{ rule: null, detail: 'The storage driver overlay2 on xfs is what Docker recommends.' }],
  });
  const { storage } = await stowage.get('/v1/hosts/local/storage');
  t.ok(storage.totalBytes > 3_800_000_000 && storage.totalBytes <= 4_000_000_000);
  t.ok(storage.freeInodes > 0 && storage.freeInodes < storage.totalInodes);
  t.match(await stowage.get('/v1/hosts/local/usage'), {
    root: { totalBytes: storage.totalBytes },
    images: { count: 1 },
  });
});
