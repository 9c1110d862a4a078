import t from 'tap';
import { mapConcurrently } from '../../../src/map-concurrently.ts';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

const env = { STOWAGE_SCHEDULE_SECONDS: '1' };
const many = 200;
/** So many are really made; the others take their time. */
const made = 40;

t.test('200 volumes that are due in the same minute are backed up once each, by two replicas', async (t) => {
  const docker = testDocker(t);
  const first = await startStowage(t, { env, roles: 'api,watcher' });
  const names = Array.from({ length: many }, (_, n) => docker.name(`due-${String(n).padStart(3, '0')}`));
  await mapConcurrently(names, 8, (name) => first.created('POST', '/v1/hosts/local/volumes', { name }));
  const schedule = { cron: '0 0 1 1 *' };
  await first.created('POST', '/v1/policies', { name: 'due', selector: { names: [docker.name('due-*')] }, schedule });
  const replicas = { env, database: first.database, state: first.state };
  const others = await Promise.all([startStowage(t, replicas), startStowage(t, replicas)]);
  await first.database.query(`update backup_policies set next_run_at = now() - interval '1 second'`);

  await first.until('/v1/policies/due', ({ lastRunAt }) => lastRunAt !== null, 60);
  const jobs = async () => {
    const found: Answer[] = [];
    for (let cursor = ''; ; ) {
      const { items, nextCursor } = await first.get(`/v1/jobs?kind=volume_backup&limit=500${cursor}`);
      found.push(...items);
      if (nextCursor === null) return found;
      cursor = `&cursor=${nextCursor}`;
    }
  };
  const asked = await jobs();
  t.equal(asked.length, many);
  t.same(asked.map(({ volume }) => volume).toSorted(), names, 'each once');

  const done = async () => (await jobs()).filter(({ state }) => state === 'succeeded').length;
  await docker.until(async () => (await done()) >= made, 400);
  await first.database.query(`update jobs set state = 'canceled', finished_at = now() where state = 'queued'`);
  await docker.until(async () => (await jobs()).every(({ finishedAt }) => finishedAt !== null), 60);
  const ended = await jobs();
  t.equal(ended.length, many, 'nothing was asked for twice');
  t.same(
    ended.filter(({ state }) => state === 'failed'),
    [],
  );
  const good = ended.filter(({ state }) => state === 'succeeded');
  for (const { attempts, volume, result } of good) {
    t.equal(attempts.length, 1, volume);
    const { items } = await first.get(`/v1/hosts/local/volumes/${volume}/snapshots`);
    t.same(
      items.map(({ id }: Answer) => id),
      [result.snapshot],
    );
  }
  t.equal(others.length, 2);
});
