import t from 'tap';
import type { TestDatabase } from '../../machinery/databases.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { drilled, leavesNothing } from './drilled.ts';

const password = 'correct horse';
const ask = (database: TestDatabase, ...words: string[]) =>
  database.exec('env', `REDISCLI_AUTH=${password}`, 'redis-cli', ...words);
const wish = { ask: (database: TestDatabase) => ask(database, 'PING') };
const twoDatabases = [
  { name: 'db0', tables: null, keys: 2 },
  { name: 'db3', tables: null, keys: 1 },
];

async function fill(database: TestDatabase): Promise<void> {
  await ask(database, 'SET', 'cart', 'tea');
  await ask(database, 'RPUSH', 'queue', 'one', 'two');
  await ask(database, '-n', '3', 'SET', 'session', 'x');
}

for (const [kind, settings] of Object.entries({
  'its file': ['--requirepass', password],
  'its append-only file': ['--requirepass', password, '--appendonly', 'yes'],
}))
  t.test(`a drill of a Redis loads ${kind}, and a dump, and tells its keys`, async (t) => {
    const place = await drilled(t, 'redis', { ...wish, arguments: settings });
    const { stowage, database, backUp, drill } = place;
    await fill(database);
    if (kind === 'its file') await ask(database, 'SAVE');
    const snapshot = await backUp();
    const { server } = await stowage.get(`/v1/snapshots/${snapshot}`);
    t.same(server.settings, kind === 'its file' ? [] : ['--appendonly=yes'], 'and no password');
    for (const more of [null, { consistency: 'dump' }]) {
      if (more !== null) await backUp(more);
      const { job, drill: done } = await drill();
      t.match(job, { state: 'succeeded' }, job.error?.detail);
      t.match(done, { ok: true, untriedWhy: null, server: { engine: 'redis' } });
      t.same(done.server?.databases, twoDatabases);
      t.ok(await leavesNothing(place, job.id));
    }
  });

t.test('a Redis whose file is damaged does not start, and the drill fails', async (t) => {
  const stowage = await startStowage(t, { env: { STOWAGE_JOB_ATTEMPTS: '1' } });
  const place = await drilled(t, 'redis', { ...wish, stowage, arguments: ['--requirepass', password] });
  const { docker, volume, database, backUp, drill } = place;
  await fill(database);
  await ask(database, 'SAVE');
  await database.container.stop();
  await docker.run(volume, 'printf XXXXXXXX | dd of=/data/dump.rdb bs=1 seek=40 conv=notrunc 2> /dev/null');
  await backUp();
  const { job, drill: done } = await drill();
  t.match(job, { state: 'failed', error: { code: 'restored_database_unusable', detail: /RDB|rdb/ } });
  t.match(done, { ok: false, server: { engine: 'redis', databases: [] } });
  t.ok(await leavesNothing(place, job.id));
});
