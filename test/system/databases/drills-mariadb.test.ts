import t from 'tap';
import type { TestDatabase } from '../../machinery/databases.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { type DrilledWish, drilled, leavesNothing } from './drilled.ts';

/** The password is in a file, as a secret of Compose is. */
const environment = { MARIADB_ROOT_PASSWORD_FILE: '/etc/hostname' };
const ask = (database: TestDatabase, sql: string) =>
  database.exec('sh', '-c', `MYSQL_PWD=$(cat /etc/hostname) mariadb -u root -BN -e "${sql}"`);
const wish: DrilledWish = { environment, ask: (database) => ask(database, 'select 1') };
const shop = { name: 'shop', tables: 2, keys: null };
const other = { name: 'other', tables: 0, keys: null };

async function fill(database: TestDatabase): Promise<void> {
  await ask(
    database,
    `create database shop; create table shop.orders (id int primary key, what blob); insert into shop.orders values (1, 'tea');
     create table shop.customers (id int); create view shop.all_of_them as select id from shop.customers;
     create procedure shop.hello() select 'hello'; create database other; create user clerk identified by 'till'`,
  );
}

t.test('a drill of the files of a MariaDB that ran starts its server on them, and tells its tables', async (t) => {
  const place = await drilled(t, 'mariadb', wish);
  const { stowage, database, backUp, drill } = place;
  await fill(database);
  const snapshot = await backUp();
  t.match(await stowage.get(`/v1/snapshots/${snapshot}`), { server: { engine: 'mariadb', data: '/var/lib/mysql' } });
  const { job, drill: done } = await drill();
  t.match(job, { state: 'succeeded' }, job.error?.detail);
  t.match(done, { ok: true, untriedWhy: null, server: { engine: 'mariadb' } });
  t.same(done.server?.databases, [other, shop]);
  t.ok(await leavesNothing(place, job.id));
});

t.test('a dump is loaded into an empty MariaDB of the same image: of all, and of one database', async (t) => {
  const place = await drilled(t, 'mariadb', wish);
  const { database, backUp, drill } = place;
  await fill(database);
  for (const [more, databases] of [
    [{}, [other, shop]],
    [{ database: 'shop' }, [shop]],
  ] as const) {
    await backUp({ consistency: 'dump', ...more });
    const { job, drill: done } = await drill();
    t.match(job, { state: 'succeeded' }, job.error?.detail);
    t.same(done.server?.databases, databases);
    t.ok(await leavesNothing(place, job.id));
  }
});

t.test('damaged files are a failed drill with the words of the server', async (t) => {
  const stowage = await startStowage(t, { env: { STOWAGE_JOB_ATTEMPTS: '1' } });
  const place = await drilled(t, 'mariadb', { ...wish, stowage });
  const { docker, volume, database, backUp, drill } = place;
  await fill(database);
  await database.container.stop();
  await docker.run(volume, 'dd if=/dev/urandom of=/data/ibdata1 bs=16384 count=64 conv=notrunc 2> /dev/null');
  await backUp();
  const { job, drill: done } = await drill();
  t.match(job, { state: 'failed', error: { code: 'restored_database_unusable', detail: /InnoDB/ } });
  t.match(done, { ok: false, server: { engine: 'mariadb', databases: [] } });
  t.ok(await leavesNothing(place, job.id));
});
