import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { dropContainer, makeVolume, startApp } from '../../machinery/engine-user.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test('containers and all their mounts are shown, and go away again', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = await makeVolume(docker.name('data'), { 'stowage.project': 'shop' });
  const app = await startApp(t, {
    Labels: { 'com.docker.compose.project': 'front', 'com.docker.compose.service': 'web' },
    Volumes: { '/anonymous': {} },
    HostConfig: {
      Binds: ['/etc:/host:ro'],
      Mounts: [{ Type: 'volume', Source: volume, Target: '/data', ReadOnly: true }],
      Tmpfs: { '/scratch': 'size=50m,exec' },
    },
  });
  const { id } = app;
  const address = `/v1/hosts/local/containers/${id}`;
  const seen = async () => (await stowage.call('GET', `/v1/hosts/local/volumes/${volume}`)).body.inUse === true;
  await docker.until(seen, 20);
  // It may have been looked at between its making and its start.
  t.match(await stowage.until(address, ({ state }) => state === 'running'), {
    id,
    state: 'running',
    project: 'front',
    compose: { project: 'front', service: 'web' },
  });

  const { items } = await stowage.get(`${address}/mounts`);
  const byTarget = Object.fromEntries(items.map((mount: { target: string }) => [mount.target, mount]));
  t.match(byTarget['/data'], {
    type: 'volume',
    volume,
    readOnly: true,
    project: 'shop',
    tmpfs: null,
    container: { id },
  });
  t.match(byTarget['/host'], { type: 'bind', source: '/etc', readOnly: true, volume: null, project: 'front' });
  t.match(byTarget['/scratch'], {
    type: 'tmpfs',
    tmpfs: { sizeBytes: 52_428_800, noexec: false, nosuid: true, nodev: true },
  });
  t.match(byTarget['/anonymous'], { type: 'volume', volumeKind: 'anonymous', readOnly: false });
  t.same([byTarget['/data'].volumeKind, byTarget['/host'].volumeKind], ['named', null]);
  t.match(await stowage.get(`/v1/hosts/local/volumes/${byTarget['/anonymous'].volume}`), {
    kind: 'anonymous',
    inUse: true,
  });
  t.equal((await stowage.get(`/v1/mounts?volume=${volume}&readOnly=true&type=volume`)).items.length, 1);
  t.equal((await stowage.get(`/v1/mounts?volume=${volume}&readOnly=false`)).items.length, 0);

  await app.pause();
  await stowage.until(address, ({ state }) => state === 'paused', 20);
  await app.unpause();
  await stowage.until(address, ({ state }) => state === 'running', 20);
  await app.stop();
  await stowage.until(address, ({ state }) => state === 'exited', 20);
  t.equal((await stowage.get(`/v1/hosts/local/containers?volume=${volume}&state=exited`)).items.length, 1);

  await dropContainer(app);
  await stowage.until(`/v1/hosts/local/volumes/${volume}`, ({ inUse }) => !inUse, 20);
  t.match(await stowage.call('GET', address), { status: 404, body: { code: 'container_not_found' } });
  t.match(await stowage.call('GET', `${address}/mounts`), { status: 404, body: { code: 'container_not_found' } });
});

t.test('helpers are no containers of the inventory, and no use of a volume', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = await makeVolume(docker.name('data'));
  const HostConfig = { Mounts: [{ Type: 'volume' as const, Source: volume, Target: '/data' }] };
  const helper = await startApp(t, { Labels: { 'stowage.installation': 'another' }, HostConfig });
  const app = await startApp(t, { HostConfig });
  await stowage.until(`/v1/hosts/local/containers?volume=${volume}`, ({ items }) => items.length === 1, 20);
  t.match(await stowage.get(`/v1/hosts/local/volumes/${volume}`), { containers: 1 });
  t.equal((await stowage.call('GET', `/v1/hosts/local/containers/${helper.id}`)).status, 404);
  await dropContainer(app);
  await stowage.until(`/v1/hosts/local/volumes/${volume}`, ({ inUse }) => !inUse, 20);
});
