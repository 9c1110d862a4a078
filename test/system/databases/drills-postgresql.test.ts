import t from 'tap';
import type { TestDatabase } from '../../machinery/databases.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { type DrilledWish, drilled, leavesNothing } from './drilled.ts';

const environment = { POSTGRES_PASSWORD: 'correct horse' };
const psql = (database: TestDatabase, sql: string, name = 'postgres') =>
  database.exec('/usr/lib/postgresql/18/bin/psql', '-XAtq', '-U', 'postgres', '-d', name, '-c', sql);
const wish: DrilledWish = { environment, ask: (database) => psql(database, 'select 1') };

async function fill(database: TestDatabase): Promise<void> {
  await psql(database, "create role clerk login password 'till'");
  await psql(database, 'create database shop owner clerk');
  await psql(
    database,
    'set role clerk; create table orders (id int primary key, what text); create table customers (id int); grant select on orders to postgres',
    'shop',
  );
  await psql(database, 'insert into orders select n, md5(n::text) from generate_series(1, 1000) n', 'shop');
}

const told = [
  { name: 'postgres', tables: 0, keys: null },
  { name: 'shop', tables: 2, keys: null },
];

t.test('a drill of the files of a PostgreSQL that ran starts its server on them, and tells its tables', async (t) => {
  const place = await drilled(t, 'postgres', wish);
  const { docker, stowage, volume, database, backUp, drill } = place;
  await fill(database);
  const snapshot = await backUp();
  const { Image: imageId } = await database.container.inspect();
  const { server } = await stowage.get(`/v1/snapshots/${snapshot}`);
  t.match(server, { engine: 'postgresql', image: 'stowage-test/postgres:debian', imageId, settings: [] });
  t.match(server, { mountedAt: '/var/lib/postgresql/data', subpath: null, data: '/var/lib/postgresql/data' });
  const anonymous = async () =>
    (await docker.engine.listVolumes()).Volumes.filter(({ Name }) => /^[0-9a-f]{64}$/.test(Name)).length;
  const before = await anonymous();
  const { job, drill: done } = await drill();
  t.match(job, { state: 'succeeded' }, job.error?.detail);
  t.match(done, { ok: true, untriedWhy: null, server: { engine: 'postgresql', imageId, databases: told } });
  t.ok(done.server.startSeconds > 0);
  t.ok(done.restoreSeconds + done.server.startSeconds <= done.seconds, 'the whole is what is told');
  t.ok(await leavesNothing(place, job.id));
  t.equal(await anonymous(), before);
  t.equal(await psql(database, 'select count(*) from orders', 'shop'), '1000\n', 'the real one was not touched');

  const query = `{ restoreDrills(host: "local", name: "${volume}") { items { untriedWhy restoreSeconds server { image startSeconds databases { name tables keys } } } } }`;
  const { data } = await stowage.graphql(query);
  t.same(data.restoreDrills.items[0].server.databases, told);

  await stowage.finished('POST', '/v1/repositories/default/imports', {});
  await stowage.database.query(`update snapshots set server = null where id = '${snapshot}'`);
  await stowage.database.query(`delete from snapshots where id = '${snapshot}'`);
  await stowage.finished('POST', '/v1/repositories/default/imports', {});
  t.same((await stowage.get(`/v1/snapshots/${snapshot}`)).server, server, 'the repository tells it again');
});

t.test(
  'a dump is loaded into an empty server of the same image: of all, and of one database without its roles',
  async (t) => {
    const place = await drilled(t, 'postgres', wish);
    const { database, backUp, drill } = place;
    await fill(database);
    for (const [more, databases] of [
      [{}, told],
      [{ database: 'shop' }, told],
    ] as const) {
      await backUp({ consistency: 'dump', ...more });
      const { job, drill: done } = await drill();
      t.match(job, { state: 'succeeded' }, job.error?.detail);
      t.match(done, { ok: true, untriedWhy: null, server: { databases } });
      t.ok(await leavesNothing(place, job.id));
    }
  },
);

t.test('damaged data is a failed drill with the words of the server; without the image nothing is tried', async (t) => {
  const stowage = await startStowage(t, { env: { STOWAGE_JOB_ATTEMPTS: '1' } });
  const place = await drilled(t, 'postgres', { ...wish, stowage });
  const { docker, volume, database, backUp, drill } = place;
  await database.container.stop();
  await docker.run(volume, 'head -c 8192 /dev/zero > /data/global/pg_control');
  await backUp();
  const { job, drill: done } = await drill();
  t.match(job, { state: 'failed', error: { code: 'restored_database_unusable', detail: /PG_CONTROL_VERSION/ } });
  t.match(done, {
    ok: false,
    error: { code: 'restored_database_unusable' },
    server: { startSeconds: null, databases: [] },
  });
  t.ok(await leavesNothing(place, job.id));

  await stowage.database.query(
    `update snapshots set server = jsonb_set(server, '{imageId}', to_jsonb('sha256:' || repeat('0', 64))) where volume = '${volume}'`,
  );
  const untried = await drill();
  t.match(untried.job, { state: 'succeeded' });
  t.match(untried.drill, { ok: true, server: null, untriedWhy: /stowage-test\/postgres:debian .* is not on the host/ });
});

t.test('a server that is tried goes on without a control plane, and goes with its drill', async (t) => {
  const first = await startStowage(t);
  const place = await drilled(t, 'postgres', { ...wish, stowage: first });
  const { docker, volume, database, backUp } = place;
  await fill(database);
  await backUp();
  const drills = `/v1/hosts/local/volumes/${volume}/restore-drills`;
  const job = await first.accepted('POST', drills, {});
  const server = await docker.startedHelper(job.id, 'serve');
  await server.pause();
  const { HostConfig } = await server.inspect();
  t.match(HostConfig, { NetworkMode: 'none', Memory: 1024 ** 3 });
  await first.kill();
  await server.unpause();
  const second = await startStowage(t, { database: first.database, state: first.state });
  t.match(await second.waitForJob(job.id, 90), { state: 'succeeded', attempts: [{ number: 1 }] });
  t.match((await second.get(drills)).items, [{ ok: true, server: { databases: told } }]);
  t.ok(await leavesNothing(place, job.id));

  const other = await second.accepted('POST', drills, {});
  await (await docker.startedHelper(other.id, 'serve')).pause();
  await second.post(`/v1/jobs/${other.id}/cancel`, {});
  t.match(await second.waitForJob(other.id, 60), { state: 'canceled' });
  t.ok(await leavesNothing(place, other.id));

  const third = await second.accepted('POST', drills, {});
  await (await docker.startedHelper(third.id, 'serve')).kill();
  t.match(await second.waitForJob(third.id, 120), {
    state: 'succeeded',
    attempts: [{ error: { code: 'helper_interrupted' } }, { error: null }],
  });
  t.ok(await leavesNothing(place, third.id));
});
