import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage } from '../../machinery/stowage.ts';
import { applyAll, pausedHelper } from './apply-all.ts';
import { makeScenery } from './scenery.ts';

t.test('a container takes the volume while its last snapshot is taken: the volume stays', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await sharedStowage();
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
  const stowage = await sharedStowage();
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
  const stowage = await sharedStowage();
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
