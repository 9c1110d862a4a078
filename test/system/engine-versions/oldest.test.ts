import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startOldestEngine } from '../../machinery/oldest-engine.ts';
import { startStowage } from '../../machinery/stowage.ts';

const volumes = '/v1/hosts/local/volumes';

t.test('the oldest supported engine is seen, backed up and restored as the newest is', async (t) => {
  const { endpoint, version } = await startOldestEngine(t);
  t.match(version, /^20\.10\./);
  const stowage = await startStowage(t, { env: { DOCKER_HOST: endpoint } });
  const docker = testDocker(t, { endpoint });
  await stowage.until('/v1/hosts/local', ({ engine }) => engine?.apiVersion === '1.41');

  await t.test('every kind of mount, by its short and its long form', async (t) => {
    const data = docker.name('data');
    const long = docker.name('long');
    const app = await docker.container({
      volume: data,
      script: 'sleep 600',
      stopTimeout: 1,
      hostConfig: {
        Memory: 50_000_000,
        RestartPolicy: { Name: 'unless-stopped' },
        Tmpfs: { '/short': 'size=10m,exec' },
        Binds: ['/etc/hostname:/hostname:ro', `${docker.name('short')}:/short-volume:nocopy`],
        Mounts: [
          { Type: 'volume', Source: data, Target: '/data' },
          { Type: 'volume', Source: long, Target: '/long-volume', ReadOnly: true, VolumeOptions: noCopy },
          { Type: 'tmpfs', Source: '', Target: '/long', TmpfsOptions: { SizeBytes: 1_048_576, Mode: 0o1777 } },
        ],
      },
      user: '1000:1000',
    });
    await stowage.until(`/v1/mounts?container=${app.id}`, ({ items }) => items.length === 6);
    const { items } = await stowage.until(`/v1/mounts?container=${app.id}`, ({ items }) =>
      items.every(({ type, path }: { type: string; path: unknown }) => type !== 'bind' || path !== null),
    );
    const byTarget = Object.fromEntries(items.map((mount: { target: string }) => [mount.target, mount]));
    t.match(byTarget['/data'], { type: 'volume', volume: data, readOnly: false, user: '1000:1000' });
    t.match(byTarget['/long-volume'], { type: 'volume', volume: long, readOnly: true, noCopy: true, subpath: null });
    t.match(byTarget['/short-volume'], { type: 'volume', noCopy: true });
    t.match(byTarget['/hostname'], { type: 'bind', source: '/etc/hostname', readOnly: true });
    t.match(byTarget['/short'], { type: 'tmpfs', tmpfs: { sizeBytes: 10_485_760, noexec: false, nosuid: true } });
    t.match(byTarget['/long'], { type: 'tmpfs', tmpfs: { sizeBytes: 1_048_576, noexec: true } });
    t.equal(byTarget['/hostname'].path.kind, 'file', 'its paths were looked at');
    await app.remove({ force: true });
    await stowage.until(`/v1/mounts?host=local`, ({ items }) => items.length === 0);
  });

  await t.test('its space is measured', async (t) => {
    const name = docker.name('sized');
    await stowage.created('POST', volumes, { name });
    await docker.run(name, 'head -c 1000000 /dev/urandom > /data/file');
    const job = await stowage.finished('POST', '/v1/hosts/local/measurements');
    t.match(job, { state: 'succeeded' });
    t.match(await stowage.get(`${volumes}/${name}/usage`), { usage: { bytes: 1_000_000, files: 1 } });
    t.equal(
      (await stowage.get('/v1/hosts/local/usage')).buildCache,
      null,
      'this engine cannot tell of its build cache',
    );
    t.match(await stowage.get('/v1/hosts/local/storage'), { storageDriver: 'overlay2' });
  });

  await t.test('layers and changes of a container', async (t) => {
    const app = await docker.container({
      volume: docker.name('app'),
      script: 'echo x > /new; sleep 600',
      stopTimeout: 1,
    });
    const address = `/v1/hosts/local/containers/${app.id}`;
    await stowage.until('/v1/hosts/local/containers', ({ items }) =>
      items.some((one: { id: string }) => one.id === app.id),
    );
    t.equal((await stowage.get(`${address}/layers`)).layers.length, 1);
    t.match(await stowage.finished('POST', `${address}/change-scans`), { state: 'succeeded' });
    const { items } = await stowage.get(`${address}/changes?kind=added`);
    t.match(items, [{ folder: '/', kind: 'added', bytes: 2 }]);
    await app.remove({ force: true });
  });

  await t.test('a clean-up takes what its plan says', async (t) => {
    const name = docker.name('old');
    await stowage.created('POST', volumes, { name, labels: { round: name } });
    const plan = await stowage.created('POST', '/v1/hosts/local/prune-plans', {
      volumes: { all: true, label: [`round=${name}`] },
    });
    const job = await stowage.finished('POST', `/v1/prune-plans/${plan.id}/apply`, { confirm: 'local' });
    t.match(job, { state: 'succeeded', result: { removed: [`volume/${name}`] } });
    t.notOk(await docker.volumeExists(name));
  });

  await t.test('a volume is backed up, restored and deleted', async (t) => {
    const name = docker.name('kept');
    await stowage.created('POST', volumes, { name });
    await docker.run(name, 'echo kept > /data/file');
    const backup = await stowage.finished('POST', `${volumes}/${name}/backups`, {});
    t.equal(backup.state, 'succeeded');
    await docker.run(name, 'echo lost > /data/file');
    const wish = { snapshot: backup.result.snapshot, inPlace: true, confirm: name };
    t.equal((await stowage.finished('POST', `${volumes}/${name}/restores`, wish)).state, 'succeeded');
    t.equal(await docker.run(name, 'cat /data/file'), 'kept\n');
    t.equal((await stowage.finished('DELETE', `${volumes}/${name}?confirm=${name}`)).state, 'succeeded');
  });
});

const noCopy = { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } };
