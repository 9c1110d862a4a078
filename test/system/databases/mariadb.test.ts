import t, { type Test } from 'tap';
import { databaseImage, startDatabase, type TestDatabase } from '../../machinery/databases.ts';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

/** The password is in a file, as a secret of Compose is. */
const environment = { MARIADB_ROOT_PASSWORD_FILE: '/etc/hostname' };
const ask = (database: TestDatabase, sql: string) =>
  database.exec('sh', '-c', `MYSQL_PWD=$(cat /etc/hostname) mariadb -u root -BN -e "${sql}"`);

async function shop(t: Test) {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const volume = docker.name('shopdata');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  const database = await startDatabase(t, docker, 'mariadb', { volume, environment });
  await docker.until(async () => (await ask(database, 'select 1').catch(() => '')) === '1\n', 60);
  const setUp = `create database shop; create table shop.orders (id int primary key, what blob);
    insert into shop.orders values (1, 'tea'), (2, x'00ff27');
    create procedure shop.hello() select 'hello'; create database other; create table other.t (id int)`;
  await ask(database, setUp);
  await stowage.until(`/v1/hosts/local/containers/${database.name}`, ({ state }) => state === 'running', 20);
  const backups = `/v1/hosts/local/volumes/${volume}/backups`;
  const restores = `/v1/hosts/local/databases/${database.name}/restores`;
  return { docker, stowage, volume, database, backups, restores, confirm: database.name };
}

const orders = (database: TestDatabase, name = 'shop') =>
  ask(database, `select id, hex(what) from ${name}.orders order by id`);

t.test('P2: a MariaDB dumps all of itself with its routines, and reads that again', async (t) => {
  const { docker, stowage, volume, database, backups, restores, confirm } = await shop(t);
  const { items } = await stowage.get('/v1/hosts/local/databases?limit=500');
  const own = items.find((one: { container: { name: string } }) => one.container.name === confirm);
  t.match(own, { engine: 'mariadb', recognisedBy: 'image', volume });
  const before = await orders(database);
  const whole = await stowage.finished('POST', backups, { consistency: 'dump' }, 60);
  t.match(whole, { state: 'succeeded' }, whole.error?.detail);
  await ask(database, "update shop.orders set what = 'sand'; drop procedure shop.hello; drop database other");
  const { snapshot } = whole.result;
  const job = await stowage.finished('POST', restores, { snapshot, confirm }, 90);
  t.match(job, { state: 'succeeded' }, job.error?.detail);
  t.equal(await orders(database), before);
  t.equal(await ask(database, 'call shop.hello()'), 'hello\n');
  t.equal(await ask(database, 'select count(*) from other.t'), '0\n');

  const files = docker.name('files');
  const into = { snapshot, into: files };
  t.match(await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/restores`, into), { state: 'succeeded' });
  const text = await docker.run(files, 'cat /data/all.sql');
  t.match(text, /Dump completed/, 'a new volume gets the dump as a file');
  // As the tutorial's mysql_backup.sh leaves it.
  await docker.run(files, 'gzip /data/all.sql');
  await ask(database, 'drop database shop');
  const archive = { volume: files, path: '/all.sql.gz' };
  t.match(await stowage.finished('POST', restores, { archive, confirm }, 90), { state: 'succeeded' });
  t.equal(await orders(database), before);
});

t.test('one database of a MariaDB, in place and under another name; a wrong password is no dump', async (t) => {
  const { stowage, database, backups, restores, confirm } = await shop(t);
  const before = await orders(database);
  const one = await stowage.finished('POST', backups, { consistency: 'dump', database: 'shop' }, 60);
  t.match(one, { state: 'succeeded' }, one.error?.detail);
  const { snapshot } = one.result;
  await ask(database, "update shop.orders set what = 'sand'; create table shop.later (id int)");
  const changed = await orders(database);
  const copy = await stowage.finished('POST', restores, { snapshot, database: 'shop_copy', confirm }, 90);
  t.match(copy, { state: 'succeeded' }, copy.error?.detail);
  t.equal(await orders(database, 'shop_copy'), before);
  t.equal(await orders(database), changed, 'the first one stays');
  t.match(await stowage.finished('POST', restores, { snapshot, confirm }, 90), { state: 'succeeded' });
  t.equal(await orders(database), before);
  t.equal(await ask(database, "select count(*) from information_schema.tables where table_name = 'later'"), '0\n');

  await ask(database, "alter user root@localhost identified by 'another'");
  t.match(await stowage.finished('POST', backups, { consistency: 'dump' }, 90), {
    state: 'failed',
    error: { code: 'database_not_ready', detail: /Access denied/ },
  });
});

t.test(
  'a database whose image has another name is told by its environment, or by its volume; an application is none',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await sharedStowage();
    await databaseImage(docker.engine, 'mariadb');
    const image = docker.engine.getImage('stowage-test/mariadb:debian');
    await image.tag({ repo: 'stowage-test/shop', tag: '3' });
    const volume = async (what: string) => {
      const name = docker.name(what);
      await stowage.created('POST', '/v1/hosts/local/volumes', { name });
      return name;
    };
    const named = await startDatabase(t, docker, 'mariadb', {
      volume: await volume('a'),
      environment,
      image: 'stowage-test/shop:3',
    });
    const app = await docker.container({ volume: await volume('b'), script: 'sleep 600', stopTimeout: 1 });
    const { items } = await stowage.get('/v1/hosts/local/databases?limit=500');
    const found = (name: string) => items.find((one: { container: { name: string } }) => one.container.name === name);
    t.match(found(named.name), { engine: 'mariadb', recognisedBy: 'environment' });
    t.equal(found((await app.inspect()).Name.slice(1)), undefined);
    const { data } = await stowage.graphql(
      '{ databases(host: "local", limit: 500) { items { engine container { name } } } }',
    );
    t.equal(data.databases.items.length, items.length);
  },
);
