import t from 'tap';
import { startStowage } from '../../machinery/stowage.ts';
import { restored, same, writer, written } from './written.ts';

t.test('stop: who can write is stopped for the second pass and runs again; all else stays as it was', async (t) => {
  const { docker, stowage, volume, backups } = await written(t);
  const one = await docker.container({ volume, script: writer, stopTimeout: 5 });
  const Mounts = [{ Type: 'volume', Source: volume, Target: '/data', ReadOnly: true } as const];
  const reader = await docker.container({ volume, script: 'sleep 600', hostConfig: { Mounts } });
  const stopped = await docker.container({ volume, script: 'exit 0' });
  await stopped.wait();
  const before = { reader: (await reader.inspect()).State, one: (await one.inspect()).State };
  const { Name } = await one.inspect();

  const job = await stowage.finished('POST', backups, { consistency: 'stop' });
  t.match(job, { state: 'succeeded', result: { stoppedContainers: [Name.slice(1)] } }, job.error?.detail);
  t.ok(job.result.outageSeconds > 0 && job.result.outageSeconds < job.result.seconds, 'the first pass is no outage');
  t.match((await one.inspect()).State, { Status: 'running' });
  t.not((await one.inspect()).State.StartedAt, before.one.StartedAt, 'it was stopped');
  t.equal((await reader.inspect()).State.StartedAt, before.reader.StartedAt, 'who only reads goes on');
  t.match((await stopped.inspect()).State, { Status: 'exited' }, 'what was stopped stays stopped');

  const into = await restored(stowage, docker, volume, job.result.snapshot);
  t.equal(await docker.run(into, same), 'same\n');
  const { items } = await stowage.get(`/v1/snapshots?host=local&volume=${volume}`);
  t.strictSame(
    items.map(({ reason }: { reason: string }) => reason),
    ['backup', 'first_pass'],
  );
});

t.test('pause: who can write is paused for the second pass, over GraphQL as well', async (t) => {
  const { docker, stowage, volume } = await written(t);
  const one = await docker.container({ volume, script: 'while :; do date +%N > /data/now; sleep 0.05; done' });
  const paused = await docker.container({ volume, script: 'sleep 600' });
  await paused.pause();
  const { StartedAt } = (await one.inspect()).State;
  const { data } = await stowage.graphql(
    'mutation ($volume: String!) { createBackup(input: { host: "local", name: $volume, consistency: pause }) { id } }',
    { volume },
  );
  const { id } = data.createBackup;
  const helper = await docker.pauseHelper(id, 'backup');
  t.match((await one.inspect()).State, { Status: 'paused' });
  const now = await docker.run(volume, 'cat /data/now');
  await helper.unpause();
  const done = await stowage.waitForJob(id);
  t.match(done, { state: 'succeeded' }, done.error?.detail);
  t.ok(done.result.outageSeconds > 0);
  t.match((await one.inspect()).State, { Status: 'running', StartedAt }, 'it goes on and was not started anew');
  t.match((await paused.inspect()).State, { Status: 'paused' }, 'what was paused stays paused');
  const into = await restored(stowage, docker, volume, done.result.snapshot);
  t.equal(await docker.run(into, 'cat /data/now'), now, 'it is as it was in the pause');
});

t.test('without anybody who writes one pass does', async (t) => {
  const { stowage, volume, backups } = await written(t);
  const job = await stowage.finished('POST', backups, { consistency: 'stop' });
  t.match(job, { state: 'succeeded', result: { outageSeconds: 0 } }, job.error?.detail);
  t.equal((await stowage.get(`/v1/snapshots?host=local&volume=${volume}`)).items.length, 1);
});

t.test('N2: after kill -9 between stop and start the backup goes on, and the containers run again', async (t) => {
  const first = await startStowage(t);
  const { docker, volume, backups } = await written(t, first);
  const hooks = [{ before: ['touch', '/data/begun'], after: ['sh', '-c', 'rm -f /data/begun; touch /data/ended'] }];
  const one = await docker.container({ volume, script: writer, stopTimeout: 5 });
  const job = await first.accepted('POST', backups, { consistency: 'stop', hooks });
  const helper = await docker.pauseHelper(job.id, 'backup');
  t.match((await one.inspect()).State, { Status: 'exited' });
  await first.kill();
  await helper.unpause();

  const second = await startStowage(t, { database: first.database, state: first.state });
  const done = await second.waitForJob(job.id, 60);
  t.match(done, { state: 'succeeded', attempts: [{ number: 1 }] }, done.error?.detail);
  t.match((await one.inspect()).State, { Status: 'running' });
  t.match(await docker.run(volume, 'ls /data'), /^ended\n/, 'the command after it has run');
  const into = await restored(second, docker, volume, done.result.snapshot);
  t.equal(await docker.run(into, same), 'same\n');
});

t.test('a backup that is canceled at rest lets its containers go on; one whose helper is killed too', async (t) => {
  const { docker, stowage, volume, backups } = await written(t);
  for (const consistency of ['stop', 'pause']) {
    const one = await docker.container({ volume, script: writer, stopTimeout: 5 });
    const job = await stowage.accepted('POST', backups, { consistency });
    await docker.pauseHelper(job.id, 'backup');
    await stowage.post(`/v1/jobs/${job.id}/cancel`, {});
    t.match(await stowage.waitForJob(job.id), { state: 'canceled' });
    t.match((await one.inspect()).State, { Status: 'running' }, consistency);

    const again = await stowage.accepted('POST', backups, { consistency });
    await (await docker.pauseHelper(again.id, 'backup')).kill();
    const done = await stowage.waitForJob(again.id, 60);
    t.match(
      done,
      { state: 'succeeded', attempts: [{ error: { code: 'helper_interrupted' } }, {}] },
      done.error?.detail,
    );
    t.match((await one.inspect()).State, { Status: 'running' }, consistency);
    await one.remove({ force: true });
  }
});

t.test('a container that begins to write meanwhile is noticed, and the backup is made again', async (t) => {
  const { docker, stowage, volume, backups } = await written(t);
  await docker.container({ volume, script: writer, stopTimeout: 5 });
  const job = await stowage.accepted('POST', backups, { consistency: 'stop' });
  const helper = await docker.pauseHelper(job.id, 'backup');
  await docker.container({ volume, script: writer, stopTimeout: 5 });
  await helper.unpause();
  const done = await stowage.waitForJob(job.id, 60);
  t.match(done, { state: 'succeeded', attempts: [{ error: { code: 'consistency_lost' } }, { error: null }] });
  t.equal(done.result.stoppedContainers.length, 2, 'the second attempt stops both');
  const { items } = await stowage.get(`/v1/snapshots?host=local&volume=${volume}&reason=backup`);
  t.equal(items.length, 1, 'what was not at rest counts as no backup');
  const into = await restored(stowage, docker, volume, done.result.snapshot);
  t.equal(await docker.run(into, same), 'same\n');
});

t.test('two backups that need the same container at rest take turns, and it runs in the end', async (t) => {
  const { docker, stowage, volume, backups } = await written(t);
  const other = docker.name('other');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: other });
  const Mounts = [volume, other].map((Source, n) => ({ Type: 'volume' as const, Source, Target: `/data${n || ''}` }));
  const both = await docker.container({ volume, script: writer, stopTimeout: 5, hostConfig: { Mounts } });
  const first = await stowage.accepted('POST', backups, { consistency: 'pause' });
  const helper = await docker.pauseHelper(first.id, 'backup');
  t.match((await both.inspect()).State, { Status: 'paused' });
  const path = `/v1/hosts/local/volumes/${other}`;
  const second = await stowage.accepted('POST', `${path}/backups`, { consistency: 'stop' });
  await stowage.until(`/v1/snapshots?host=local&volume=${other}`, ({ items }) => items.length === 1, 30);
  await docker.until(async () => (await docker.helpersOf(second.id)).every(({ State }) => State === 'exited'), 20);
  t.match((await both.inspect()).State, { Status: 'paused' }, 'the second waits');
  await helper.unpause();
  t.match(await stowage.waitForJob(first.id, 60), { state: 'succeeded' });
  const done = await stowage.waitForJob(second.id, 60);
  t.match(done, { state: 'succeeded', attempts: [{ number: 1 }] }, done.error?.detail);
  t.equal(done.result.stoppedContainers.length, 1);
  t.match((await both.inspect()).State, { Status: 'running' });
});

t.test('a container that is made anew while its predecessor is stopped is what runs in the end', async (t) => {
  const { docker, stowage, volume, backups } = await written(t);
  const labels = { 'com.docker.compose.project': docker.name('shop'), 'com.docker.compose.service': 'web' };
  const old = await docker.container({ volume, script: writer, stopTimeout: 5, labels });
  const job = await stowage.accepted('POST', backups, { consistency: 'stop' });
  const helper = await docker.pauseHelper(job.id, 'backup');
  await old.remove({ force: true });
  const made = await docker.container({ volume, script: writer, stopTimeout: 5, labels });
  await made.stop();
  await helper.unpause();
  t.match(await stowage.waitForJob(job.id), { state: 'succeeded' });
  t.match((await made.inspect()).State, { Status: 'running' });
});

t.test('a container that cannot run again is told, and holds nothing else up', async (t) => {
  const { docker, stowage, volume, backups } = await written(t);
  const [bad, good] = [docker.name('bind'), docker.name('fine')];
  await docker.run(bad, 'mkdir /data/sub');
  await docker.run(good, 'true');
  const { Mountpoint } = await docker.engine.getVolume(bad).inspect();
  const own = { Type: 'volume' as const, Source: volume, Target: '/data' };
  const Mounts = [own, { Type: 'bind' as const, Source: `${Mountpoint}/sub`, Target: '/bound' }];
  const script = 'trap "exit 0" TERM; while :; do sleep 0.1; done';
  const broken = await docker.container({ volume, script, hostConfig: { Mounts } });
  const other = await docker.container({ volume, script });
  const job = await stowage.accepted('POST', backups, { consistency: 'stop' });
  const helper = await docker.pauseHelper(job.id, 'backup');
  await docker.run(bad, 'rmdir /data/sub');
  await helper.unpause();
  t.match(await stowage.waitForJob(job.id, 60), {
    state: 'failed',
    error: { code: 'containers_not_restarted', detail: /Start these containers by hand/ },
  });
  t.match((await other.inspect()).State, { Status: 'running' }, 'the other one runs');
  await other.stop();
  await docker.run(bad, 'mkdir /data/sub');
  await docker.until(async () => (await broken.inspect()).State.Running, 40);
  t.match((await other.inspect()).State, { Status: 'exited' }, 'what somebody has stopped since then stays so');
});
