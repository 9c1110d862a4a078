import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import t from 'tap';
import { startDatabase, type TestDatabase } from '../../machinery/databases.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

const run = promisify(execFile);
const page = await readFile(new URL('../../../docs/from-scripts.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);

const waitForJobs = `wait_for_jobs() {
  for state in queued running; do
    while ! curl -sfH "$KEY" "$API/jobs?state=$state&limit=1" | grep -q '"items":\\[\\]'; do sleep 0.2; done
  done
}`;
const environment = { MARIADB_ROOT_PASSWORD_FILE: '/etc/hostname' };
const ask = (database: TestDatabase, sql: string) =>
  database.exec('sh', '-c', `MYSQL_PWD=$(cat /etc/hostname) mariadb -u root -BN -e "${sql}"`);

t.test('each script of the tutorial is on the page', async (t) => {
  for (const script of ['docker_backup.sh', 'mysql_backup.sh', 'restore_volume', 'restore_mysql'])
    t.match(page, `## \`${script}\``);
});

t.test('the calls of the page do what the scripts did', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  for (const name of ['website', 'mysql-data', 'archives', 'website-of-old']) {
    docker.willRemoveVolume(name);
    if (name !== 'website-of-old') await stowage.created('POST', '/v1/hosts/local/volumes', { name });
  }
  await docker.run('website', 'echo good > /data/file; cp /data/file /data/other');
  const app = await docker.container({ volume: 'website', script: 'sleep 600', stopTimeout: 1 });
  const database = await startDatabase(t, docker, 'mariadb', { volume: 'mysql-data', environment });
  await database.container.rename({ name: 'mysql-prod' });
  await docker.until(async () => (await ask(database, 'select 1').catch(() => '')) === '1\n', 60);
  await ask(
    database,
    "create database shop; create table shop.orders (what text); insert into shop.orders values ('tea')",
  );
  await stowage.until('/v1/hosts/local/containers/mysql-prod', ({ state }) => state === 'running', 20);

  const env = {
    PATH: process.env['PATH'],
    API: `${stowage.address}/v1`,
    KEY: `Authorization: Bearer ${stowage.adminKey}`,
    JSON: 'Content-Type: application/json',
  };
  const step = async (index: number) => {
    // Others stand on the same engine.
    const block = (blocks[index] ?? 'false').replace('["*"]', '["website"]');
    const script = `set -euo pipefail\n${waitForJobs}\n${block}`;
    await t.resolves(run('bash', ['--norc', '-c', script], { env, timeout: 180_000 }), block);
    t.same((await stowage.get('/v1/jobs?state=failed')).items, [], block);
  };
  t.equal(blocks.length, 6);
  await step(0);
  await step(1);
  await docker.run('website', 'echo bad > /data/file; rm /data/other');
  await docker.run(
    'archives',
    'mkdir /tmp/x; echo old > /tmp/x/file; /usr/bin/tar czf /data/website.tar.gz -C /tmp/x .',
  );
  await step(2);
  t.equal(await docker.run('website', 'cat /data/file /data/other'), 'good\ngood\n');
  t.equal((await app.inspect()).State.Running, true);
  await step(3);
  t.equal(await docker.run('website-of-old', 'cat /data/file'), 'old\n');
  await ask(database, "update shop.orders set what = 'sand'");
  await step(4);
  t.equal(await ask(database, 'select what from shop.orders'), 'tea\n');
  const dump = 'create table shop.later (id int); insert into shop.orders values (\\"milk\\");';
  await docker.run('archives', `(echo "use shop;"; echo "${dump}") | gzip > /data/mysql_backup.sql.gz`);
  await step(5);
  t.equal(await ask(database, 'select what from shop.orders'), 'tea\nmilk\n');
});
