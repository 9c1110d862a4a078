import t, { type Test } from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

const volumes = '/v1/hosts/local/volumes';

/** A volume with this many backups, of which all but the newest are to go. */
async function withBackups(t: Test, count: number) {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('kept');
  await stowage.created('POST', volumes, { name: volume });
  await docker.run(volume, 'head -c 100000 /dev/urandom > /data/file');
  const snapshots: string[] = [];
  for (let days = count; days > 0; days -= 1) {
    const { result } = await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
    await stowage.database.query(
      `update snapshots set taken_at = now() - interval '${days} days' where id = '${result.snapshot}'`,
    );
    snapshots.push(result.snapshot);
  }
  const selector = { names: [volume] };
  await stowage.created('POST', '/v1/policies', {
    name: 'p',
    selector,
    schedule: { cron: '0 0 1 1 *' },
    keep: { last: 1 },
  });
  return { docker, stowage, volume, snapshots };
}

const left = async (stowage: Stowage, volume: string) =>
  (await stowage.get(`${volumes}/${volume}/snapshots`)).items.map(({ id }: Answer) => id);

t.test(
  'what restic has taken off the list leaves the catalogue, although a kill -9 came between and a hold after',
  async (t) => {
    const { docker, stowage, volume, snapshots } = await withBackups(t, 3);
    const [first = '', second = '', newest] = snapshots;
    const { jobs } = await stowage.post(`${volumes}/${volume}/retention-runs`, {});
    const helper = await docker.pauseHelper(jobs[0], 'forget');
    await stowage.kill();
    await helper.unpause();
    await helper.wait();

    const api = await startStowage(t, { database: stowage.database, state: stowage.state, roles: 'api' });
    t.same(await left(api, volume), [newest, second, first], 'the catalogue does not know it yet');
    await api.created('POST', `/v1/snapshots/${first}/holds`, { reason: 'the auditors want it' });

    const next = await startStowage(t, { database: stowage.database, state: stowage.state });
    const done = await next.waitForJob(jobs[0], 90);
    t.match(done, { state: 'succeeded', result: { skipped: [] } }, done.error?.detail);
    t.same(done.result.removed.toSorted(), [first, second].map((id) => `snapshot/${id.slice(0, 8)}`).toSorted());
    t.same(await left(next, volume), [newest]);
    const imported = await next.finished('POST', '/v1/repositories/default/imports', {});
    t.match(imported, { state: 'succeeded', result: { snapshotsAdded: 0, snapshotsRemoved: 0 } }, 'both agree');
  },
);

t.test('what restic has not come to is judged again: a hold keeps it', async (t) => {
  const { docker, stowage, volume, snapshots } = await withBackups(t, 3);
  const [first = '', , newest] = snapshots;
  const { jobs } = await stowage.post(`${volumes}/${volume}/retention-runs`, {});
  const helper = await docker.pauseHelper(jobs[0], 'forget');
  await stowage.kill();
  await helper.remove({ force: true });
  const api = await startStowage(t, { database: stowage.database, state: stowage.state, roles: 'api' });
  await api.created('POST', `/v1/snapshots/${first}/holds`, { reason: 'the auditors want it' });
  const next = await startStowage(t, { database: stowage.database, state: stowage.state });
  const done = await next.waitForJob(jobs[0], 90);
  t.match(done, { state: 'succeeded', result: { skipped: [/held/] } }, done.error?.detail);
  t.same(await left(next, volume), [newest, first]);
  t.match(await next.finished('POST', '/v1/repositories/default/checks', { parts: 1 }), { state: 'succeeded' });
});

t.test('a snapshot that was deleted as the process died is gone, whatever came after', async (t) => {
  const { docker, stowage, volume, snapshots } = await withBackups(t, 2);
  const [first = '', newest] = snapshots;
  const { id } = await stowage.accepted('DELETE', `/v1/snapshots/${first}?confirm=${first}`);
  const helper = await docker.pauseHelper(id, 'forget');
  await stowage.kill();
  await helper.unpause();
  await helper.wait();
  const api = await startStowage(t, { database: stowage.database, state: stowage.state, roles: 'api' });
  await api.created('POST', `/v1/snapshots/${first}/holds`, { reason: 'too late' });
  const next = await startStowage(t, { database: stowage.database, state: stowage.state });
  t.match(await next.waitForJob(id, 90), { state: 'succeeded' });
  t.same(await left(next, volume), [newest]);
});
