import t from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

/** Takes a lock on a file as soon as it is free, and keeps it. */
const lockQueue = `exec perl -e 'open my $f, ">>", "/data/the queue" or die; flock $f, 2 or die; sleep 600'`;

interface Problem {
  readonly problem: string;
}

t.test('the health of a share: consumers, locks, denied access, a full volume, and what to do', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_HEALTH_SECONDS: '3' } });
  const [volume, small] = [docker.name('uploads'), docker.name('small')];
  const share = `${volume}-share`;
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop' });
  const options = { type: 'tmpfs', device: 'tmpfs', o: 'size=4m' };
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: small, project: 'shop', options });
  await stowage.created('POST', '/v1/shares', { name: share, host: 'local', volume });
  t.match(await stowage.get(`/v1/shares/${share}/health`), { checkedAt: null, consumers: [], locks: [], problems: [] });

  await docker.run(volume, 'umask 077; echo secret > /data/secret');
  const labels = { 'stowage.project': 'shop' };
  const holder = await docker.container({
    volume,
    labels,
    stopTimeout: 1,
    script: lockQueue,
  });
  await docker.until(async () => (await docker.run(volume, 'ls /data')).includes('the queue'), 20);
  const waiter = await docker.container({
    volume,
    labels,
    stopTimeout: 1,
    script: lockQueue,
  });
  const Mounts = [{ Type: 'volume' as const, Source: volume, Target: '/shared', ReadOnly: true }];
  const stranger = await docker.container({
    volume,
    labels,
    user: '1234',
    stopTimeout: 1,
    script: 'sleep 600',
    hostConfig: { Mounts },
  });
  await docker.container({
    volume: small,
    labels,
    stopTimeout: 1,
    script: 'head -c 4100000 /dev/zero > /data/fill; sleep 600',
  });
  const nameOf = async (container: typeof holder) => (await container.inspect()).Name.slice(1);
  const [held, waits, denied] = [await nameOf(holder), await nameOf(waiter), await nameOf(stranger)];
  await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/permission-checks`, {});

  // Nobody asks for it: it is looked at by itself.
  const has = (kind: string) => (body: { problems: readonly Problem[] }) =>
    body.problems.some(({ problem }) => problem === kind);
  const health = await stowage.until(`/v1/shares/${share}/health`, has('lock_conflict'), 60);
  t.match(health, {
    host: 'local',
    volume,
    share,
    project: 'shop',
    checkedAt: String,
    writers: 2,
    space: { totalBytes: Number, availableBytes: Number },
    permissions: { denied: [{ container: denied, action: 'read', entries: 1 }] },
  });
  t.same(
    health.consumers
      .map(
        ({
          container,
          target,
          access,
          granted,
          isViolation,
        }: {
          container: { name: string };
          target: string;
          access: string;
          granted: string;
          isViolation: boolean;
        }) => [container.name, target, access, granted, isViolation],
      )
      .toSorted(),
    [
      [held, '/data', 'rw', 'rw', false],
      [waits, '/data', 'rw', 'rw', false],
      [denied, '/shared', 'ro', 'rw', false],
    ].toSorted(),
  );
  t.same(
    health.locks.toSorted((a: { isWaiting: boolean }) => (a.isWaiting ? 1 : -1)),
    [
      { container: held, path: '/the queue', type: 'FLOCK', access: 'WRITE', isWaiting: false },
      { container: waits, path: '/the queue', type: 'FLOCK', access: 'WRITE', isWaiting: true },
    ],
  );
  const problems = Object.fromEntries(health.problems.map((one: Problem) => [one.problem, one]));
  t.match(problems, {
    lock_conflict: {
      detail: new RegExp(`"${waits}" waits .*"/the queue", held by "${held}"`),
      remedy: /message queue/,
    },
    permission_denied: { detail: new RegExp(`"${denied}" may not read 1 entry`), remedy: /--user/ },
  });

  const job = await stowage.finished('POST', `/v1/hosts/local/volumes/${small}/health-checks`, {});
  t.match(job, { kind: 'health_check', state: 'succeeded' });
  const { data } = await stowage.graphql(
    `{ volumeHealth(host: "local", name: "${small}") { share writers space { totalBytes availableBytes } problems { problem detail remedy } }
       shareHealth(share: "${share}") { volume locks { path isWaiting } } }`,
  );
  t.match(data.volumeHealth, { share: null, writers: 1, space: { totalBytes: 4 * 1024 ** 2 } });
  const [full] = data.volumeHealth.problems.filter(({ problem }: Problem) => problem === 'disk_full');
  t.match(full, { detail: /of 4194304 bytes are left/, remedy: /prune-plans/ });
  t.equal(data.shareHealth.locks.length, 2);

  await holder.kill();
  await stowage.until(`/v1/shares/${share}/health`, (body) => !has('lock_conflict')(body), 60);

  const token = await stowage.created('POST', '/v1/tokens', {
    name: 'mail',
    roles: [{ role: 'admin', project: 'mail' }],
  });
  const other = connectClient(stowage.address, token.key);
  t.equal((await other.call('GET', `/v1/shares/${share}/health`)).status, 404);
  t.equal((await other.call('GET', `/v1/hosts/local/volumes/${volume}/health`)).status, 404);
  t.equal((await other.call('POST', `/v1/hosts/local/volumes/${volume}/health-checks`)).status, 404);
});
