import type Docker from 'dockerode';
import { Client } from 'pg';
import t from 'tap';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';
import { makeScenery, type Scenery } from './scenery.ts';

/** The helper that takes a last snapshot for a job, as soon as it runs; paused, so that all that follows finds it at work. */
async function pausedHelper(docker: TestDocker, job: string): Promise<Docker.Container> {
  let found: Docker.ContainerInfo | undefined;
  await docker.until(async () => {
    const helpers = await docker.helpersOf(job);
    found = helpers.find(({ State, Names }) => State === 'running' && Names[0]?.includes('before_delete') === true);
    return found !== undefined;
  }, 60);
  const helper = docker.engine.getContainer(found?.Id ?? '');
  await helper.pause();
  return helper;
}

/** Applies a plan of all that a scenery has of volumes and containers. */
async function applyAll(stowage: Stowage, scenery: Scenery, wish: object = {}): Promise<{ id: string }> {
  const filter = { label: [scenery.label] };
  const volumes = { ...filter, all: true };
  const plan = await stowage.created('POST', '/v1/hosts/local/prune-plans', { containers: filter, volumes });
  return await stowage.accepted('POST', `/v1/prune-plans/${plan.id}/apply`, { confirm: 'local', ...wish });
}

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

t.test('a container takes the volume while its last snapshot is taken: the volume stays', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await startStowage(t);
  const volume = await scenery.volume('taken', {}, 'precious');
  const job = await applyAll(stowage, scenery);
  const helper = await pausedHelper(docker, job.id);
  const user = await docker.container({ volume, script: 'sleep 600', stopTimeout: 1 });
  await helper.unpause();
  const done = await stowage.waitForJob(job.id, 60);
  t.equal(done.state, 'succeeded', done.error?.detail);
  t.match(done.result, { removed: [], skipped: [new RegExp(`volume/${volume}: .*used by`)] });
  t.equal((await user.inspect()).State.Running, true);
  t.same((await stowage.get('/v1/deleted-volumes')).items, [], 'a volume that stays is none to bring back');
});

t.test('a volume that cannot be read completely stays, the rest goes, and the job says so', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await startStowage(t);
  // The kernel's own file system has a file that nobody can read, not even root: `register`.
  const unreadable = docker.name('a-unreadable');
  const options = { type: 'binfmt_misc', device: 'binfmt_misc' };
  await docker.engine.createVolume({ Name: unreadable, Labels: { ...scenery.labels }, DriverOpts: options });
  const free = await scenery.volume('b-free');
  const job = await applyAll(stowage, scenery);
  const done = await stowage.waitForJob(job.id, 60);
  t.match(done, { state: 'failed', error: { code: 'prune_incomplete', detail: /1 of 2.*a-unreadable.*register/ } });
  t.match(done.result, { removed: [`volume/${free}`], skipped: [/a-unreadable: The last snapshot is not complete/] });
  t.ok(await docker.volumeExists(unreadable));
  t.same((await stowage.get('/v1/deleted-volumes')).items.length, 1);
});

t.test('an image that another one is built on keeps its layers, and is not said to be removed', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await startStowage(t);
  const base = await scenery.image(`${docker.name('base')}:one`);
  const container = await scenery.container({ image: base });
  const { Id: child } = await container.commit({ repo: docker.name('child'), changes: 'LABEL test.prune=another' });
  await container.remove();
  t.teardown(() => docker.engine.getImage(child).remove({ force: true }));
  const images = { label: [scenery.label], dangling: false };
  const plan = await stowage.created('POST', '/v1/hosts/local/prune-plans', { images });
  t.match(plan.items.items, [{ id: base, action: 'remove' }]);
  const done = await stowage.finished('POST', `/v1/prune-plans/${plan.id}/apply`, { confirm: 'local' });
  t.match(done, { state: 'succeeded', result: { removed: [], bytesFreed: 0, skipped: [/The engine keeps it/] } });
  await t.resolves(docker.engine.getImage(child).inspect());
});
