import type Docker from 'dockerode';
import t from 'tap';
import { type Answer, connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

const addressOf = (container: string) => `/v1/hosts/local/containers/${container}`;

async function listed(stowage: Stowage, { id }: Docker.Container): Promise<void> {
  const isListed = ({ items }: Answer) => items.some((container: { id: string }) => container.id === id);
  await stowage.until('/v1/hosts/local/containers?limit=500', isListed, 20);
}

const script = `
  mkdir -p /var/lib/postgresql/data/base/1 /app/uploads/a/b
  head -c 1000000 /dev/zero > /var/lib/postgresql/data/base/1/table
  head -c 200000 /dev/zero > /var/lib/postgresql/data/wal
  head -c 5000 /dev/zero > "/app/uploads/a/b/odd
name"
  ln "/app/uploads/a/b/odd
name" /app/uploads/a/twin
  echo 123456789 >> /etc/passwd
  rm /usr/bin/zstd
  head -c 700000 /dev/zero > /data/not-mine
  head -c 300000 /dev/zero > /scratch/not-mine
  touch /done
  sleep 600`;

t.test('what a container added, changed and deleted is told by folder, sized, and with a hint', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const container = await docker.container({
    volume: docker.name('data'),
    script,
    stopTimeout: 1,
    hostConfig: { Tmpfs: { '/scratch': 'size=1m' } },
  });
  await docker.until(
    async () => (await container.changes())?.some(({ Path }: { Path: string }) => Path === '/done'),
    20,
  );
  await listed(stowage, container);
  const address = addressOf(container.id);
  t.match(await stowage.call('GET', `${address}/changes`), { status: 409, body: { code: 'not_measured' } });

  const job = await stowage.finished('POST', `${address}/change-scans`, {});
  t.equal(job.error, null);
  t.match(job, { kind: 'container_scan', state: 'succeeded', volume: null, result: { entries: Number } });
  t.same(await docker.helpersOf(job.id), [], 'nothing of the job is left');

  const found = await stowage.get(`${address}/changes`);
  const of = (folder: string, kind: string) =>
    found.items.find((item: Answer) => item.folder === folder && item.kind === kind);
  const passwd = (await container.inspect({ size: true } as object)) as { SizeRw?: number };
  t.match(found.items[0], {
    folder: '/var/lib/postgresql',
    kind: 'added',
    entries: 5,
    bytes: 1_200_000,
    hint: /PostgreSQL/,
  });
  t.match(
    of('/app/uploads/a', 'added'),
    { entries: 3, bytes: 5_000, hint: /volume at \/app\/uploads/ },
    'two names of one file',
  );
  t.match(of('/etc', 'changed'), { entries: 1, hint: null });
  t.match(of('/usr/bin', 'deleted'), { entries: 1, bytes: 0, hint: null });
  t.same(
    found.items.filter(({ folder }: Answer) => /^\/(data|scratch)/.test(folder)),
    [],
    'what is mounted is no change',
  );
  t.equal(of('/', 'added').entries, 3, '/app, /var and /done; the folder that Docker made for a mount is none');
  const total = found.totals.reduce((bytes: number, one: Answer) => bytes + one.bytes, 0);
  t.equal(total, passwd.SizeRw, 'all together is what Docker says the writable layer takes');
  t.same(
    found.totals.map(({ kind }: Answer) => kind),
    ['added', 'changed', 'deleted'],
  );

  await t.test('pages, filters and orders', async (t) => {
    for (const order of ['bytes', 'folder']) {
      const whole = await stowage.get(`${address}/changes?order=${order}`);
      const paged: Answer[] = [];
      for (let cursor = ''; ; ) {
        const page = await stowage.get(`${address}/changes?order=${order}&limit=2${cursor}`);
        paged.push(...page.items);
        t.same(page.totals, whole.totals);
        if (page.nextCursor === null) break;
        cursor = `&cursor=${page.nextCursor}`;
      }
      t.same(paged, whole.items, order);
    }
    const deleted = await stowage.get(`${address}/changes?kind=deleted`);
    t.same(
      deleted.items.map(({ folder }: Answer) => folder),
      ['/usr/bin'],
    );
    const { nextCursor } = await stowage.get(`${address}/changes?order=folder&limit=1`);
    const other = await stowage.call('GET', `${address}/changes?order=bytes&cursor=${nextCursor}`);
    t.match(other, { status: 400, body: { code: 'invalid_cursor' } });
    t.match(await stowage.call('GET', `${address}/changes?kind=moved`), {
      status: 400,
      body: { code: 'invalid_input' },
    });
  });

  await t.test('GraphQL asks for a scan and reads it; the new scan takes the place of the old', async (t) => {
    const exec = await container.exec({
      Cmd: ['/bin/sh', '-c', 'rm -r /app; rm /var/lib/postgresql/data/wal'],
      AttachStdout: true,
    });
    await exec.start({ hijack: false });
    await docker.until(
      async () => !(await container.changes()).some(({ Path }: { Path: string }) => Path === '/app'),
      20,
    );
    const asked = await stowage.graphql(
      `mutation { createChangeScan(input: { host: "local", container: "${container.id}" }) { id } }`,
    );
    t.equal(asked.errors, undefined);
    await stowage.waitForJob(asked.data.createChangeScan.id);
    const { data, errors } = await stowage.graphql(
      `{ containerChanges(host: "local", container: "${container.id}", kind: added) { scannedAt items { folder kind entries bytes hint } totals { kind bytes } } }`,
    );
    t.equal(errors, undefined);
    t.match(data.containerChanges.items[0], {
      folder: '/var/lib/postgresql',
      kind: 'added',
      bytes: 1_000_000,
      hint: String,
    });
    t.notOk(data.containerChanges.items.some(({ folder }: Answer) => folder.startsWith('/app')));
    t.ok(data.containerChanges.scannedAt > found.scannedAt);
    t.same(data.containerChanges.items, (await stowage.get(`${address}/changes?kind=added`)).items);
  });
});

t.test('who may not operate may not scan, and who may not see the container sees nothing', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('data');
  const container = await docker.container({
    volume,
    script: 'sleep 600',
    stopTimeout: 1,
    labels: { 'stowage.project': 'shop' },
  });
  await listed(stowage, container);
  const client = async (role: string, project: string) =>
    connectClient(
      stowage.address,
      (await stowage.created('POST', '/v1/tokens', { name: 'x', roles: [{ role, project }] })).key,
    );
  const [viewer, operator, stranger] = [
    await client('viewer', 'shop'),
    await client('operator', 'shop'),
    await client('operator', 'elsewhere'),
  ];
  const scans = `${addressOf(container.id)}/change-scans`;
  t.match(await viewer.call('POST', scans, {}), { status: 403, body: { code: 'forbidden' } });
  t.match(await stranger.call('POST', scans, {}), { status: 404, body: { code: 'container_not_found' } });
  t.equal((await operator.finished('POST', scans, {})).state, 'succeeded');
  t.match(await viewer.get(`${addressOf(container.id)}/changes`), { items: Array });
  t.match(await stranger.call('GET', `${addressOf(container.id)}/changes`), { status: 404 });
  t.match(await stowage.call('POST', `${addressOf('nothing')}/change-scans`, {}), {
    status: 404,
    body: { code: 'container_not_found' },
  });
});

t.test('a scan of a container that goes away before it starts says so', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { roles: 'api,watcher' });
  const container = await docker.container({ volume: docker.name('data'), script: 'sleep 600', stopTimeout: 1 });
  await listed(stowage, container);
  const job = await stowage.accepted('POST', `${addressOf(container.id)}/change-scans`, {});
  await container.remove({ force: true });
  await startStowage(t, { roles: 'api,worker', database: stowage.database, state: stowage.state });
  t.match(await stowage.waitForJob(job.id), { state: 'failed', error: { code: 'container_not_found' } });
  t.same(await docker.helpersOf(job.id), []);
});
