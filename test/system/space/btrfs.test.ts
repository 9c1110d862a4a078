import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { mountDisk } from '../../machinery/loop-disk.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { startEngine } from '../machinery/own-engine.ts';

const mebibyte = 2 ** 20;
const there = ({ items }: Answer) => items.length > 0;

/** A Stowage on an engine of its own with this storage driver, whose root lies on btrfs. */
async function onBtrfs(t: Test, disk: string, driver: string) {
  // The daemon takes it from its environment, which is that of this process.
  process.env['DOCKER_DRIVER'] = driver;
  const { endpoint } = await startEngine(t, join(disk, driver)).finally(() => delete process.env['DOCKER_DRIVER']);
  const stowage = await startStowage(t, { env: { DOCKER_HOST: endpoint } });
  await stowage.until('/v1/hosts/local', ({ inventory }) => inventory.syncedAt !== null);
  return { endpoint, stowage };
}

t.test('Docker on btrfs', async (t) => {
  const folder = await mkdtemp(join(groundOfTests().folder, 'engine-on-btrfs-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const disk = join(folder, 'disk');
  await mountDisk(t, 'btrfs', disk, 2_000 * mebibyte);

  await t.test('with its own driver it is good, and changes of containers are told without sizes', async (t) => {
    const { endpoint, stowage } = await onBtrfs(t, disk, 'btrfs');
    const docker = testDocker(t, { endpoint });
    const volume = docker.name('data');
    const script = 'dd if=/dev/zero of=/new bs=1M count=3; rm /etc/passwd; touch /done; sleep 600';
    const { id } = await docker.container({ volume, script, stopTimeout: 1 });
    const changed = async () =>
      ((await docker.engine.getContainer(id).changes()) ?? []).some(({ Path }: { Path: string }) => Path === '/done');
    await docker.until(changed, 20);
    await stowage.until(`/v1/hosts/local/containers?volume=${volume}`, there, 20);
    t.match(await stowage.finished('POST', '/v1/hosts/local/measurements', {}, 120), { state: 'succeeded' });
    const { storage, ...host } = await stowage.get('/v1/hosts/local/storage');
    t.match(host, { storageDriver: 'btrfs', backingFileSystem: null, verdict: 'good' });
    t.match(storage, { fileSystem: 'btrfs', isNetwork: false, totalBytes: 2_000 * mebibyte, totalInodes: 0 });
    t.same((await stowage.get('/v1/findings?host=local&rule=HST-003')).items, []);
    const { fileSystem, usage } = await stowage.get(`/v1/hosts/local/volumes/${volume}/usage`);
    t.match({ fileSystem, usage }, { fileSystem: { type: 'btrfs' }, usage: { bytes: 0, files: 0 } });

    const address = `/v1/hosts/local/containers/${id}`;
    t.match(await stowage.finished('POST', `${address}/change-scans`, {}, 60), { state: 'succeeded' });
    const { items } = await stowage.get(`${address}/changes`);
    const added = items.find(({ folder: path, kind }: Answer) => path === '/' && kind === 'added');
    t.match(added, { entries: 2, bytes: null }, 'the driver has no folder of what a container wrote');
    const { data } = await stowage.graphql(
      `{ containerChanges(host: "local", container: "${id}") { items { folder kind entries bytes } } }`,
    );
    t.match(
      data.containerChanges.items,
      items.map(({ folder: path, kind, entries, bytes }: Answer) => ({ folder: path, kind, entries, bytes })),
    );
  });

  await t.test('with a driver that copies every layer it is bad', async (t) => {
    const { stowage } = await onBtrfs(t, disk, 'vfs');
    t.match(await stowage.finished('POST', '/v1/hosts/local/measurements', {}, 120), { state: 'succeeded' });
    t.match(await stowage.get('/v1/hosts/local/storage'), { storageDriver: 'vfs', verdict: 'bad' });
    const open = '/v1/findings?host=local&state=open&rule=';
    t.match((await stowage.until(`${open}HST-002`, there, 20)).items, [{ evidence: { storageDriver: 'vfs' } }]);
    t.match((await stowage.until(`${open}HST-003`, there, 20)).items, [{ evidence: { fileSystem: 'btrfs' } }]);
  });
});
