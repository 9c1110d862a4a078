import { Client } from 'pg';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { applyAll, pausedHelper } from './apply-all.ts';
import { makeScenery } from './scenery.ts';

t.test('the control plane is killed in the middle: the next one goes on, and counts everything once', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const first = await startStowage(t);
  await scenery.container();
  const volumes = [await scenery.volume('a', {}, 'one'), await scenery.volume('b', {}, 'two')];
  const job = await applyAll(first, scenery);
  const helper = await pausedHelper(docker, job.id);
  await first.kill();
  await helper.unpause();
  const second = await startStowage(t, { database: first.database, state: first.state });
  const done = await second.waitForJob(job.id, 120);
  t.equal(done.state, 'succeeded', done.error?.detail);
  t.equal(done.attempts.length, 1, 'it is the same attempt');
  t.equal(new Set(done.result.removed).size, 3);
  t.same(done.result.removed.length, 3, 'nothing counts twice');
  t.same(done.result.skipped, []);
  for (const name of volumes) t.notOk(await docker.volumeExists(name));
  const snapshots = await second.get(`/v1/hosts/local/volumes/${volumes[0]}/snapshots`);
  t.equal(snapshots.items.length, 1, 'one last snapshot, although two processes worked on it');
  t.same((await docker.helpersOf(job.id)).length, 0, 'no helper is left');
  for (const [index, name] of volumes.entries()) {
    const back = await second.finished('POST', `/v1/hosts/local/volumes/${name}/undelete`, {});
    t.equal(back.state, 'succeeded', back.error?.detail);
    t.equal(await docker.run(name, 'cat /data/file'), index === 0 ? 'one\n' : 'two\n');
  }
});

t.test('what a worker removed right before it died counts, and what somebody else removed does not', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const api = await startStowage(t, { roles: 'api,watcher' });
  const containers = [await scenery.container(), await scenery.container()];
  const job = await applyAll(api, scenery);
  for (const container of containers) await container.remove();
  const client = new Client({ connectionString: api.database.url });
  await client.connect();
  const course = { next: 0, begun: true, removed: [], skipped: [], bytesFreed: 0 };
  await client.query('update jobs set memory = $2 where id = $1', [job.id, JSON.stringify({ course })]);
  await client.end();
  const worker = await startStowage(t, { database: api.database, state: api.state });
  const done = await worker.waitForJob(job.id);
  t.match(done, { state: 'succeeded', result: { removed: { length: 1 }, skipped: [/It is gone already/] } });
});

t.test('the helper of a snapshot is killed: the next attempt takes another one', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await startStowage(t);
  const container = await scenery.container();
  const volume = await scenery.volume('killed', {}, 'precious');
  const job = await applyAll(stowage, scenery);
  const helper = await pausedHelper(docker, job.id);
  t.ok(await docker.volumeExists(volume));
  await helper.kill();
  const done = await stowage.waitForJob(job.id, 120);
  t.equal(done.state, 'succeeded', done.error?.detail);
  t.match(done.attempts, [{ error: { code: 'helper_interrupted' } }, { error: null }]);
  t.same(done.result.removed, [`container/${docker.name('container-0')}`, `volume/${volume}`]);
  t.ok(container.id);
  t.notOk(await docker.volumeExists(volume));
  t.equal((await stowage.get('/v1/deleted-volumes')).items.length, 1);
});

t.test('canceled in the middle: what was removed is listed, the volume at hand stays whole', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await startStowage(t);
  await scenery.container();
  const volume = await scenery.volume('canceled', {}, 'precious');
  const job = await applyAll(stowage, scenery);
  const helper = await pausedHelper(docker, job.id);
  await stowage.post(`/v1/jobs/${job.id}/cancel`, {});
  const done = await stowage.waitForJob(job.id, 60);
  t.match(done, { state: 'canceled', error: { code: 'job_canceled' } });
  t.match(done.result, { removed: [`container/${docker.name('container-0')}`], skipped: [] });
  t.equal(await docker.run(volume, 'cat /data/file'), 'precious\n');
  t.same((await stowage.get('/v1/deleted-volumes')).items, []);
  t.same(await docker.helpersOf(job.id), [], helper.id);

  const retried = await stowage.finished('POST', `/v1/jobs/${job.id}/retry`, {});
  t.equal(retried.state, 'succeeded', retried.error?.detail);
  t.match(retried.result, { removed: [`volume/${volume}`], skipped: [/container\/\S+: It is gone already/] });
});
