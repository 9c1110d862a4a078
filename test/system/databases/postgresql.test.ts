import t, { type Test } from 'tap';
import { startDatabase, type TestDatabase } from '../../machinery/databases.ts';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { type Stowage, sharedStowage } from '../../machinery/stowage.ts';

const environment = { POSTGRES_PASSWORD: 'correct horse' };
const psql = (database: TestDatabase, sql: string, name = 'postgres') =>
  database.exec('/usr/lib/postgresql/18/bin/psql', '-XAtq', '-U', 'postgres', '-d', name, '-c', sql);

async function answers(docker: TestDocker, database: TestDatabase): Promise<void> {
  await docker.until(async () => (await psql(database, 'select 1').catch(() => '')) === '1\n', 60);
}

/** A shop with a database, a role of its own and a table. */
async function shop(t: Test) {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const volume = docker.name('shopdata');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop' });
  const labels = { 'stowage.project': 'shop' };
  const database = await startDatabase(t, docker, 'postgres', { volume, environment, labels });
  await answers(docker, database);
  await psql(database, "create role clerk login password 'till'");
  await psql(database, 'create database shop owner clerk');
  await psql(
    database,
    "create table orders (id int primary key, what text); insert into orders values (1, 'tea')",
    'shop',
  );
  await stowage.until(`/v1/hosts/local/containers/${database.name}`, ({ state }) => state === 'running', 20);
  const backups = `/v1/hosts/local/volumes/${volume}/backups`;
  const restores = `/v1/hosts/local/databases/${database.name}/restores`;
  return { docker, stowage, volume, database, backups, restores };
}

const orders = (database: TestDatabase, name = 'shop') =>
  psql(database, 'select id, what from orders order by id', name);

async function dumped(stowage: Stowage, backups: string, more: object = {}) {
  const job = await stowage.finished('POST', backups, { consistency: 'dump', ...more });
  if (job.state !== 'succeeded') throw new Error(`${job.error?.code}: ${job.error?.detail}`);
  return job;
}

t.test(
  'P2, N15: a PostgreSQL dumps itself with its own tools while it is used, and reads the dump again',
  async (t) => {
    const { stowage, volume, database, backups, restores } = await shop(t);
    const { items } = await stowage.get('/v1/hosts/local/databases');
    t.match(
      items.find((one: { container: { name: string } }) => one.container.name === database.name),
      { engine: 'postgresql', recognisedBy: 'image', volume, project: 'shop', container: { state: 'running' } },
    );
    const { result } = await dumped(stowage, backups);
    t.match(result, { outageSeconds: 0 });
    t.match(await stowage.get(`/v1/snapshots/${result.snapshot}`), {
      volume,
      project: 'shop',
      state: 'good',
      dump: { engine: 'postgresql', database: null },
    });
    const page = await stowage.get(`/v1/snapshots/${result.snapshot}/entries`);
    t.match(page.items, [{ name: 'all.sql', type: 'file' }]);

    await psql(database, "update orders set what = 'sand'; insert into orders values (2, 'lost')", 'shop');
    await psql(database, 'create database later');
    const { data } = await stowage.graphql(
      'mutation ($input: RestoreDatabaseInput!) { restoreDatabase(input: $input) { id kind } }',
      { input: { host: 'local', container: database.name, snapshot: result.snapshot, confirm: database.name } },
    );
    const job = await stowage.waitForJob(data.restoreDatabase.id, 90);
    t.match(job, { kind: 'database_restore', state: 'succeeded', volume }, job.error?.detail);
    t.equal(await orders(database), '1|tea\n');
    const owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'shop'";
    t.equal(await psql(database, owner), 'clerk\n');
    t.equal(await psql(database, 'select 1', 'later'), '1\n', 'what the dump does not know stays, and is open');
    t.match(await stowage.get(`/v1/snapshots/${job.result.safetySnapshot}`), { reason: 'before_restore', dump: {} });

    const undo = { snapshot: job.result.safetySnapshot, confirm: database.name };
    t.match(await stowage.finished('POST', restores, undo, 90), { state: 'succeeded' });
    t.equal(await orders(database), '1|sand\n2|lost\n', 'what was there can be brought back');
  },
);

t.test('one database goes into its own place, or into another one; a stopped server is started for it', async (t) => {
  const { stowage, database, backups, restores } = await shop(t);
  const { result } = await dumped(stowage, backups, { database: 'shop' });
  const { snapshot } = result;
  t.match(await stowage.get(`/v1/snapshots/${snapshot}`), { dump: { engine: 'postgresql', database: 'shop' } });
  await psql(database, "update orders set what = 'sand'", 'shop');
  const confirm = database.name;
  const into = await stowage.finished('POST', restores, { snapshot, database: 'old_shop', confirm }, 90);
  t.match(into, { state: 'succeeded', result: { safetySnapshot: undefined } }, into.error?.detail);
  t.equal(await orders(database, 'old_shop'), '1|tea\n');
  t.equal(await orders(database), '1|sand\n');

  await database.container.stop();
  const job = await stowage.finished('POST', restores, { snapshot, confirm }, 90);
  t.match(job, { state: 'succeeded' }, job.error?.detail);
  t.match((await database.container.inspect()).State, { Status: 'exited' }, 'it is as it was');
  t.match(await stowage.finished('POST', backups, { consistency: 'dump' }), {
    state: 'failed',
    error: { code: 'container_not_running' },
  });
  await database.container.start();
  await stowage.until(`/v1/hosts/local/containers/${confirm}`, ({ state }) => state === 'running', 20);
  const again = await dumped(stowage, backups);
  t.ok(again.result.bytesRead > 0, 'a server that has just been started is waited for');
  t.equal(await orders(database), '1|tea\n');
});

t.test('N16: a dump whose tool fails, is missing or is killed half-way is no snapshot', async (t) => {
  const { docker, stowage, volume, database, backups } = await shop(t);
  await psql(
    database,
    'insert into orders select n, repeat(md5(n::text), 40) from generate_series(2, 60000) n',
    'shop',
  );
  const count = async () => (await stowage.get(`/v1/snapshots?volume=${volume}`)).items.length;

  t.match(await stowage.finished('POST', backups, { consistency: 'dump', database: 'nothing' }), {
    state: 'failed',
    error: { code: 'dump_failed', detail: /database "nothing" does not exist/ },
  });
  const job = await stowage.accepted('POST', backups, { consistency: 'dump' });
  const helper = await docker.pauseHelper(job.id, 'backup');
  await docker.until(async () => (await database.exec('sh', '-c', 'cat /proc/[0-9]*/comm')).includes('pg_dump'), 30);
  const kill = 'cd /proc; for p in [0-9]*; do case $(cat $p/comm) in pg_dump*) kill -9 $p;; esac; done';
  await database.exec('sh', '-c', kill);
  await helper.unpause();
  t.match(await stowage.waitForJob(job.id, 60), { state: 'failed', error: { code: 'dump_failed' } });

  await database.exec('mv', '/usr/lib/postgresql/18/bin/pg_dumpall', '/tmp/');
  await database.exec('sh', '-c', 'rm -f /usr/bin/pg_dumpall');
  t.match(await stowage.finished('POST', backups, { consistency: 'dump' }), {
    state: 'failed',
    error: { code: 'dump_failed', detail: /pg_dumpall/ },
  });
  t.equal(await count(), 0, 'nothing is kept that could be taken for a backup');
  await database.exec('mv', '/tmp/pg_dumpall', '/usr/lib/postgresql/18/bin/');
  await dumped(stowage, backups);
  t.equal(await count(), 1);
});

t.test('a dump that is canceled leaves no tool behind; one whose helper is killed is made again', async (t) => {
  const { docker, stowage, database, backups } = await shop(t);
  await psql(
    database,
    'insert into orders select n, repeat(md5(n::text), 40) from generate_series(2, 60000) n',
    'shop',
  );
  const job = await stowage.accepted('POST', backups, { consistency: 'dump' });
  await docker.pauseHelper(job.id, 'backup');
  const tools = async () =>
    (await database.exec('sh', '-c', 'cat /proc/[0-9]*/comm 2> /dev/null; true')).includes('pg_dump');
  await docker.until(tools, 30);
  await stowage.post(`/v1/jobs/${job.id}/cancel`, {});
  t.match(await stowage.waitForJob(job.id, 60), { state: 'canceled' });
  await docker.until(async () => !(await tools()), 20);

  const again = await stowage.accepted('POST', backups, { consistency: 'dump' });
  await (await docker.pauseHelper(again.id, 'backup')).kill();
  const done = await stowage.waitForJob(again.id, 60);
  t.match(
    done,
    { state: 'succeeded', attempts: [{ error: { code: 'helper_interrupted' } }, { error: null }] },
    done.error?.detail,
  );
});

t.test('a restore that the database refuses is undone', async (t) => {
  const { docker, stowage, volume, database, restores } = await shop(t);
  const files = docker.name('files');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: files, project: 'shop' });
  await docker.run(
    files,
    'echo "update orders set what = \'x\'; insert into nothing values (1);" | gzip > /data/bad.sql.gz',
  );
  await docker.run(files, 'echo "create table news (id int); insert into news values (7);" > /data/good.sql');
  const confirm = database.name;
  const load = (path: string, more: object) =>
    stowage.finished('POST', restores, { archive: { volume: files, path }, confirm, ...more }, 90);
  t.match(await load('/bad.sql.gz', { database: 'shop' }), {
    state: 'failed',
    error: { code: 'database_restore_failed', detail: /relation "nothing" does not exist/ },
  });
  t.equal(await orders(database), '1|tea\n');
  t.match(await load('/absent.sql', { database: 'shop' }), { state: 'failed' });
  t.match(await load('/good.sql', { database: 'fresh' }), { state: 'succeeded' });
  t.equal(await psql(database, 'select id from news', 'fresh'), '7\n');
  const out = { archive: { volume: files, path: '/../../etc/passwd' }, confirm, database: 'shop' };
  t.match(await stowage.call('POST', restores, out), { status: 400, body: { code: 'invalid_input' } });
  await docker.run(files, 'ln -s /etc/passwd /data/link.sql');
  t.match(await load('/link.sql', { database: 'shop' }), { state: 'failed' });
  t.ok((await stowage.get(`/v1/snapshots?volume=${volume}`)).items.length > 0);
});

t.test('what does not fit is refused before anything is touched', async (t) => {
  const { docker, stowage, volume, database, backups, restores } = await shop(t);
  const confirm = database.name;
  const files = await stowage.finished('POST', backups, {});
  const whole = await dumped(stowage, backups);
  const { snapshot } = whole.result;
  const answer = (body: object, path = restores) => stowage.call('POST', path, body);
  t.match(await answer({ snapshot }), { status: 400, body: { code: 'confirmation_required' } });
  t.match(await answer({ confirm }), { status: 400, body: { code: 'invalid_input' } });
  t.match(await answer({ confirm, snapshot, database: 'shop' }), { status: 400, body: { code: 'invalid_input' } });
  t.match(await answer({ confirm, snapshot, database: "x'; drop" }), { status: 400, body: { code: 'invalid_input' } });
  const unsuitable = { status: 409, body: { code: 'snapshot_unsuitable' } };
  t.match(await answer({ confirm, snapshot: files.result.snapshot }), unsuitable);
  const inPlace = { snapshot, inPlace: true, confirm: volume };
  t.match(await answer(inPlace, `/v1/hosts/local/volumes/${volume}/restores`), unsuitable);
  t.match(await answer({ database: 'shop' }, backups), { status: 400, body: { code: 'invalid_input' } });

  const plain = docker.name('plain');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: plain });
  const other = await docker.container({ volume: plain, script: 'sleep 600', stopTimeout: 1 });
  const otherName = (await other.inspect()).Name.slice(1);
  const seen = `/v1/hosts/local/containers?volume=${plain}`;
  await stowage.until(seen, ({ items }) => items.length === 1, 20);
  const path = `/v1/hosts/local/databases/${otherName}/restores`;
  t.match(await answer({ snapshot, confirm: otherName }, path), { status: 404, body: { code: 'database_not_found' } });
  t.match(await stowage.finished('POST', `/v1/hosts/local/volumes/${plain}/backups`, { consistency: 'dump' }), {
    state: 'failed',
    error: { code: 'database_not_found' },
  });

  const { key } = await stowage.created('POST', '/v1/tokens', {
    name: 'x',
    roles: [{ role: 'admin', project: 'blog' }],
  });
  const stranger = { authorization: `Bearer ${key}` };
  t.match(await stowage.call('POST', restores, { snapshot, confirm }, stranger), { status: 404 });
  t.match(await stowage.call('GET', '/v1/hosts/local/databases', undefined, stranger), { body: { items: [] } });
});

t.test('no password is shown anywhere', async (t) => {
  const { docker, stowage, database, backups } = await shop(t);
  const job = await stowage.accepted('POST', backups, { consistency: 'dump' });
  const helper = await docker.pauseHelper(job.id, 'backup');
  const seen = [JSON.stringify(await helper.inspect())];
  await helper.unpause();
  const done = await stowage.waitForJob(job.id, 60);
  seen.push(JSON.stringify(done), JSON.stringify(await stowage.get(`/v1/jobs/${job.id}/log`)), stowage.log());
  for (const text of seen) t.notMatch(text, /correct horse/);
  t.equal(done.state, 'succeeded');
  t.ok(await database.exec('true').then(() => true));
});
