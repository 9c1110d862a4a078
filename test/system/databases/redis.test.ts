import t, { type Test } from 'tap';
import { startDatabase, type TestDatabase } from '../../machinery/databases.ts';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

const password = 'correct horse';

async function cache(t: Test, settings: readonly string[]) {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const volume = docker.name('cache');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  const database = await startDatabase(t, docker, 'redis', { volume, arguments: settings });
  const ask = (...words: string[]) => database.exec('env', `REDISCLI_AUTH=${password}`, 'redis-cli', ...words);
  await docker.until(async () => (await ask('PING').catch(() => '')) === 'PONG\n', 60);
  await stowage.until(`/v1/hosts/local/containers/${database.name}`, ({ state }) => state === 'running', 20);
  const backups = `/v1/hosts/local/volumes/${volume}/backups`;
  const restores = `/v1/hosts/local/databases/${database.name}/restores`;
  return { docker, stowage, volume, database, ask, backups, restores };
}

async function restart(database: TestDatabase): Promise<void> {
  await database.container.restart();
}

for (const [kind, settings] of Object.entries({
  'with a password in its command line': ['--requirepass', password],
  'with an append-only file': ['--requirepass', password, '--appendonly', 'yes'],
}))
  t.test(`P2: a Redis ${kind} is dumped as it is, and reads that again without a stop`, async (t) => {
    const { docker, stowage, database, ask, backups, restores } = await cache(t, settings);
    await ask('SET', 'cart', 'tea');
    await ask('RPUSH', 'queue', 'one', 'two');
    const job = await stowage.finished('POST', backups, { consistency: 'dump' });
    t.match(job, { state: 'succeeded', result: { outageSeconds: 0 } }, job.error?.detail);
    const { snapshot } = job.result;
    t.match(await stowage.get(`/v1/snapshots/${snapshot}`), { dump: { engine: 'redis', database: null } });
    await ask('SET', 'cart', 'sand');
    await ask('DEL', 'queue');
    await ask('SET', 'later', 'x');
    const { StartedAt } = (await database.container.inspect()).State;
    const confirm = database.name;
    const restored = await stowage.finished('POST', restores, { snapshot, confirm }, 60);
    t.match(restored, { state: 'succeeded' }, restored.error?.detail);
    const seen = async () => [
      await ask('GET', 'cart'),
      await ask('LRANGE', 'queue', '0', '-1'),
      await ask('EXISTS', 'later'),
    ];
    t.strictSame(await seen(), ['tea\n', 'one\ntwo\n', '0\n']);
    t.equal((await database.container.inspect()).State.StartedAt, StartedAt, 'it was not stopped');
    t.match(await ask('INFO', 'replication'), /role:master/);
    t.notMatch(await database.exec('ls', '-A', '/data'), /stowage/);
    await ask('SET', 'after', 'y');
    await restart(database);
    await docker.until(async () => (await ask('PING').catch(() => '')) === 'PONG\n', 30);
    t.strictSame(
      [...(await seen()), await ask('GET', 'after')],
      ['tea\n', 'one\ntwo\n', '0\n', 'y\n'],
      'also after its next start',
    );
    const other = await stowage.call('POST', restores, { confirm, archive: { volume: 'x', path: '/x.sql' } });
    t.match(other, { status: 400, body: { code: 'invalid_input' } });
  });

t.test('a Redis that cannot save, or whose password nobody knows, has no dump', async (t) => {
  const { stowage, volume, ask, backups } = await cache(t, ['--requirepass', password]);
  await ask('SET', 'cart', 'tea');
  await ask('CONFIG', 'SET', 'requirepass', 'another');
  t.match(await stowage.finished('POST', backups, { consistency: 'dump' }, 90), {
    state: 'failed',
    error: { code: 'database_not_ready' },
  });
  t.equal((await stowage.get(`/v1/snapshots?volume=${volume}`)).items.length, 0);
});

t.test(
  'P3: a policy dumps by schedule, and keeps by rule; what is no database tells that it has no dump',
  async (t) => {
    const { docker, stowage, volume, ask } = await cache(t, ['--requirepass', password]);
    const plain = docker.name('plain');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: plain });
    const name = docker.name('policy');
    await stowage.created('POST', '/v1/policies', {
      name,
      selector: { names: [docker.name('*')] },
      schedule: { cron: '0 0 1 1 *' },
      consistency: 'dump',
      keep: { last: 1 },
    });
    const run = async () => {
      const { jobs } = await stowage.accepted('POST', `/v1/policies/${name}/runs`, {});
      return await Promise.all(jobs.map((id: string) => stowage.waitForJob(id, 60)));
    };
    await ask('SET', 'cart', 'tea');
    const first = await run();
    t.match(
      first.find((job) => job.volume === volume),
      { state: 'succeeded' },
    );
    t.match(
      first.find((job) => job.volume === plain),
      { state: 'failed', error: { code: 'database_not_found' } },
    );
    const files = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
    await ask('SET', 'cart', 'sand');
    await run();
    const { items } = await stowage.get(`/v1/hosts/local/volumes/${volume}/retention`);
    const actions = items.map(({ action, why }: { action: string; why: string[] }) => `${action}: ${why[0]}`);
    t.equal(items.length, 3);
    t.equal(actions.filter((text: string) => text.startsWith('remove')).length, 1, `the older dump goes: ${actions}`);
    const kept = items.find(({ snapshot }: { snapshot: string }) => snapshot === files.result.snapshot);
    t.match(kept, { action: 'keep' }, 'files and dumps are counted apart');
    t.match(await stowage.get(`/v1/hosts/local/volumes/${volume}/protection`), { state: 'protected' });
  },
);
