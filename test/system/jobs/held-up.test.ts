import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

const waiting = 130;

t.test('jobs that wait for one volume hold up none of another', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_HOST_JOBS: '2' } });
  const backups = (name: string) => `/v1/hosts/local/volumes/${name}/backups`;
  const [busy, short, later] = [docker.name('busy'), docker.name('short'), docker.name('later')];
  for (const name of [busy, short, later]) await stowage.created('POST', '/v1/hosts/local/volumes', { name });
  const long = await stowage.accepted('POST', backups(busy), {});
  const longHelper = await docker.pauseHelper(long.id, 'backup');
  const first = await stowage.accepted('POST', backups(short), {});
  const firstHelper = await docker.pauseHelper(first.id, 'backup');
  for (let n = 0; n < waiting; n += 1) await stowage.accepted('POST', backups(busy), {});
  const { id } = await stowage.accepted('POST', backups(later), {});
  t.match(await stowage.get(`/v1/jobs/${id}`), { state: 'queued' }, 'the host has as much to do as it may');

  await firstHelper.unpause();
  t.match(await stowage.waitForJob(first.id), { state: 'succeeded' });
  t.match(await stowage.waitForJob(id, 30), { state: 'succeeded' });
  t.match(await stowage.get(`/v1/jobs/${long.id}`), { state: 'running' }, 'the others still wait');
  t.equal((await stowage.get(`/v1/jobs?volume=${busy}&state=queued&limit=500`)).items.length, waiting);
  await stowage.database.query(`update jobs set state = 'canceled', finished_at = now() where state = 'queued'`);
  await longHelper.unpause();
  t.match(await stowage.waitForJob(long.id), { state: 'succeeded' });
});
