import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startEngineProxy } from '../../machinery/engine-proxy.ts';
import { startStowage } from '../../machinery/stowage.ts';

const measurements = '/v1/hosts/local/measurements';

t.test('how a volume grows, and how long there is room for it', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const name = docker.name('growing');
  const address = `/v1/hosts/local/volumes/${name}/usage`;
  await stowage.created('POST', '/v1/hosts/local/volumes', { name, project: 'shop' });
  t.match(await stowage.get(address), {
    usage: null,
    error: null,
    growth: null,
    daysUntilFull: null,
    history: { items: [] },
  });

  await docker.run(name, 'head -c 1000000 /dev/urandom > /data/first');
  await stowage.finished('POST', measurements, {});
  await docker.run(name, 'head -c 3000000 /dev/urandom > /data/second');
  await stowage.finished('POST', measurements, {});
  t.equal((await stowage.get(address)).growth, null, 'two measurements in a row tell nothing');

  await stowage.database.query(
    `update volume_samples set at = at - interval '1 day' where volume = $1 and bytes = 1000000`,
    [name],
  );
  // Docker says in whole seconds when it was made; samples of an earlier volume of the name do not count.
  t.equal((await stowage.get(address)).growth, null);
  await stowage.database.query(`update volumes set created_at = created_at - interval '2 days' where name = $1`, [
    name,
  ]);

  const { usage, fileSystem, growth, daysUntilFull, history } = await stowage.get(address);
  t.match(usage, { bytes: 4_000_000, files: 2, inodes: 3 });
  t.match(fileSystem, { type: /^[a-z0-9]+$/, totalBytes: Number, freeBytes: Number });
  t.same(
    history.items.map(({ bytes }: { bytes: number }) => bytes),
    [4_000_000, 1_000_000],
    'newest first',
  );
  const days = (Date.parse(history.items[0].measuredAt) - Date.parse(history.items[1].measuredAt)) / 86_400_000;
  t.ok(Math.abs(growth.bytesPerDay - 3_000_000 / days) < 2, `${growth.bytesPerDay} bytes a day`);
  t.match(growth, { filesPerDay: 1, inodesPerDay: 1, since: history.items[1].measuredAt });
  const expected = Math.min(fileSystem.freeBytes / growth.allocatedBytesPerDay, fileSystem.freeInodes);
  t.ok(Math.abs(daysUntilFull - expected) <= 0.1, `${daysUntilFull} days`);

  const page = await stowage.get(`${address}?limit=1`);
  t.same((await stowage.get(`${address}?limit=1&cursor=${page.history.nextCursor}`)).history.items, [history.items[1]]);
  const query = `{ volumeUsage(host: "local", name: "${name}") { daysUntilFull growth { bytesPerDay } history(limit: 1) { items { bytes } } } }`;
  const flat = query.replace('history(limit: 1)', 'history');
  t.match(await stowage.graphql(flat), {
    data: { volumeUsage: { daysUntilFull, growth: { bytesPerDay: growth.bytesPerDay } } },
  });
  t.match(
    await stowage.graphql(
      `{ volume(host: "local", name: "${name}") { usage { inodes allocatedBytes } growth { bytesPerDay since } } }`,
    ),
    {
      data: { volume: { usage: { inodes: 3, allocatedBytes: usage.allocatedBytes }, growth: { since: growth.since } } },
    },
  );
});

t.test('usage of a host is what docker system df says, with its history', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  t.match(await stowage.call('GET', '/v1/hosts/local/usage'), { status: 409, body: { code: 'not_measured' } });
  t.match(await stowage.call('GET', '/v1/hosts/mars/usage'), { status: 404, body: { code: 'host_not_found' } });
  const used = docker.name('used');
  for (const name of [used, docker.name('unused')]) {
    await stowage.created('POST', '/v1/hosts/local/volumes', { name });
    await docker.run(name, 'head -c 500000 /dev/zero > /data/file');
  }
  await docker.container({ volume: used, script: 'sleep 600', stopTimeout: 1 });
  await docker.until(async () => (await stowage.get(`/v1/hosts/local/volumes/${used}`)).inUse, 20);
  await stowage.finished('POST', measurements, {});

  const usage = await stowage.get('/v1/hosts/local/usage');
  const { Images, LayersSize } = await docker.engine.df();
  t.equal(usage.images.bytes, LayersSize);
  t.equal(usage.images.count, Images?.length);
  t.match(usage.buildCache, { count: Number, bytes: Number });
  t.ok(usage.root.freeBytes > 0 && usage.root.freeBytes < usage.root.totalBytes);
  // Other tests make and remove volumes and containers on this engine; what is known here is compared with the inventory.
  const [sums] = await stowage.database.query(
    `select count(*)::int as count, sum(usage_bytes)::int as bytes, count(*) filter (where m.volume_id is not null)::int as active,
      (sum(usage_bytes) filter (where m.volume_id is null))::int as "reclaimableBytes"
    from volumes left join (select distinct volume_id from mounts) m on m.volume_id = volumes.id where driver = 'local' and options = '{}'`,
  );
  t.same({ ...usage.volumes }, sums);
  t.ok(usage.volumes.active >= 1 && usage.volumes.reclaimableBytes >= 500_000);
  t.ok(usage.containers.active >= 1);

  await stowage.finished('POST', measurements, {});
  const { items } = await stowage.get('/v1/hosts/local/usage/history');
  t.equal(items.length, 2);
  t.same(items[1], usage, 'newest first');
  const first = await stowage.get('/v1/hosts/local/usage/history?limit=1');
  t.same((await stowage.get(`/v1/hosts/local/usage/history?limit=1&cursor=${first.nextCursor}`)).items, [usage]);
  t.match(await stowage.graphql('{ host(name: "local", host: "local") { name } }'), { errors: [{}] });
  t.match(await stowage.graphql('{ hosts { items { usage { measuredAt volumes { bytes } } } } }'), {
    data: { hosts: { items: [{ usage: { measuredAt: items[0].measuredAt } }] } },
  });
});

t.test('N26: reads answer at once from what was measured, also while the engine hangs', async (t) => {
  const docker = testDocker(t);
  const proxy = await startEngineProxy(t);
  const stowage = await startStowage(t, { env: { DOCKER_HOST: proxy.endpoint } });
  const name = docker.name('known');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name });
  await docker.run(name, 'echo x > /data/file');
  await stowage.finished('POST', measurements, {});
  proxy.hang();
  const startedAt = performance.now();
  t.match(await stowage.get(`/v1/hosts/local/volumes/${name}/usage`), { usage: { files: 1 } });
  t.match(await stowage.get('/v1/hosts/local/usage'), { volumes: { count: Number } });
  t.match(await stowage.get('/v1/hosts/local/storage'), { storage: { fileSystem: String } });
  t.match(await stowage.get('/v1/usage-report?groupBy=host'), { items: [{ host: 'local' }] });
  t.ok(performance.now() - startedAt < 5_000, 'none of them waits for the engine');
  proxy.back();
});

t.test('measurements that are too old go', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_HISTORY_DAYS: '1' } });
  const name = docker.name('old');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name });
  await stowage.finished('POST', measurements, {});
  for (const table of ['volume_samples', 'host_samples', 'container_samples'])
    await stowage.database.query(`update ${table} set at = at - interval '25 hours'`);
  await stowage.finished('POST', measurements, {});
  const [kept] = await stowage.database.query(
    `select (select count(*)::int from volume_samples where volume = $1) as volume, (select count(*)::int from host_samples) as host`,
    [name],
  );
  t.same(kept, { volume: 1, host: 1 });
});
