import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage, startStowage } from '../../machinery/stowage.ts';

t.test('a policy: hooks do not fit a live one, whichever of the two is edited', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const name = docker.name('policy');
  const schedule = { cron: '0 0 1 1 *' };
  const hooks = [{ before: ['true'] }];
  const refused = { status: 400, body: { code: 'invalid_input' } };
  const path = `/v1/policies/${name}`;
  t.match(await stowage.call('POST', '/v1/policies', { name, schedule, hooks }), refused);
  await stowage.created('POST', '/v1/policies', { name, schedule, hooks, consistency: 'hook' });
  t.match(await stowage.call('PATCH', path, { consistency: 'live' }), refused);
  t.match(await stowage.call('PATCH', path, { consistency: 'live', hooks: [] }), { status: 200, body: { hooks: [] } });
  t.match(await stowage.call('PATCH', path, { hooks }), refused);
  t.match(await stowage.call('PATCH', path, { completionWindowSeconds: 1 }), refused);
});

t.test('windows: a backup that cannot begin in time fails, one that takes too long is ended', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('windowed');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, 'head -c 30000000 /dev/urandom > /data/file');
  const user = await docker.container({
    volume,
    script: 'while :; do date > /data/now; sleep 0.1; done',
    stopTimeout: 1,
  });
  const name = docker.name('policy');
  await stowage.created('POST', '/v1/policies', {
    name,
    selector: { names: [volume] },
    schedule: { cron: '0 0 1 1 *' },
    consistency: 'pause',
    startWindowSeconds: 3600,
    completionWindowSeconds: 60,
  });
  const run = async () => (await stowage.accepted('POST', `/v1/policies/${name}/runs`, {})).jobs[0];

  const first = await run();
  const helper = await docker.startedHelper(first, 'backup');
  await helper.update({ CpuPeriod: 100_000, CpuQuota: 1_000 });
  // As if it had begun a while ago: a worker that takes it over sees the end of its time.
  await stowage.kill();
  await stowage.database.query(`update jobs set started_at = now() - interval '61 seconds' where id = '${first}'`);
  const second = await startStowage(t, { database: stowage.database, state: stowage.state });
  t.match(await second.waitForJob(first, 60), { state: 'failed', error: { code: 'completion_window_missed' } });
  t.match((await user.inspect()).State, { Status: 'running' });
  t.equal((await docker.helpersOf(first)).length, 0);

  const busy = await second.accepted('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
  const other = await docker.pauseHelper(busy.id, 'backup');
  const { jobs } = await second.accepted('POST', `/v1/policies/${name}/runs`, {});
  await second.database.query(`update jobs set start_before = now() where id = '${jobs[0]}'`);
  await other.unpause();
  t.match(await second.waitForJob(jobs[0], 60), {
    state: 'failed',
    result: null,
    error: { code: 'start_window_missed', detail: /was to begin by/ },
  });
});
