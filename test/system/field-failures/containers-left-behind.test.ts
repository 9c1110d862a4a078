import t from 'tap';
import { startStowage } from '../../machinery/stowage.ts';
import { written } from '../backups/written.ts';

t.test(
  'N2, N3: what was stopped for a backup that fails runs again, also made anew; what was stopped before stays so',
  async (t) => {
    const { docker, stowage, volume, backups } = await written(t);
    const script = 'trap "exit 0" TERM; while :; do sleep 0.1; done';
    const running = await docker.container({ volume, script });
    const before = await docker.container({ volume, script });
    await before.stop();
    await docker.run(volume, 'head -c 20000000 /dev/urandom > /data/file');
    const job = await stowage.accepted('POST', backups, { consistency: 'stop' });
    const helper = await docker.pauseHelper(job.id, 'backup');
    t.equal((await running.inspect()).State.Running, false, 'it is at rest');
    const name = (await running.inspect()).Name.slice(1);
    await running.remove();
    const successor = await docker.engine.createContainer({ ...(await before.inspect()).Config, name });
    t.teardown(() => successor.remove({ force: true }));
    await stowage.post(`/v1/jobs/${job.id}/cancel`, {});
    await helper.unpause().catch(() => undefined);
    t.match(await stowage.waitForJob(job.id), { state: 'canceled' });
    t.equal((await successor.inspect()).State.Running, true, 'found again by its name');
    t.equal((await before.inspect()).State.Running, false);
  },
);

t.test('N30: a pause that is left behind by a process that died is undone by the next', async (t) => {
  const { docker, stowage, volume, backups } = await written(t, await startStowage(t));
  const one = await docker.container({ volume, script: 'while :; do date > /data/now; sleep 0.1; done' });
  const job = await stowage.accepted('POST', backups, { consistency: 'pause' });
  const helper = await docker.pauseHelper(job.id, 'backup');
  t.equal((await one.inspect()).State.Paused, true);
  await stowage.kill();
  await helper.unpause();
  const next = await startStowage(t, { database: stowage.database, state: stowage.state });
  t.match(await next.waitForJob(job.id, 90), { state: 'succeeded' });
  t.match((await one.inspect()).State, { Running: true, Paused: false });
});

t.test(
  'N35: containers that take their whole time to stop are stopped at the same time, and the outage is told',
  async (t) => {
    const { docker, stowage, volume, backups } = await written(t);
    const script = 'trap "" TERM; while :; do sleep 0.1; done';
    for (let n = 0; n < 4; n += 1) await docker.container({ volume, script, stopTimeout: 10 });
    const job = await stowage.finished('POST', backups, { consistency: 'stop' });
    t.match(job, { state: 'succeeded' }, job.error?.detail);
    t.equal(job.result.stoppedContainers.length, 4);
    t.ok(job.result.outageSeconds >= 10 && job.result.outageSeconds < 35, `${job.result.outageSeconds} s`);
  },
);
