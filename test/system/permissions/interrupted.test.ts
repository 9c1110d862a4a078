import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

/** Files with long names, in folders of a thousand. */
const many = (count: number) =>
  `perl -e 'for $n (0..${count - 1}) { $d = "/data/d" . int($n / 1000); mkdir $d unless $n % 1000; open F, ">", "$d/" . (("x$n" x 20)) or die } '`;
const files = 30_000;
/** With the folders and the root. */
const total = files + 31;
const foreign = (uid: number) => `find /data ! -user ${uid} | wc -l`;

t.test('a repair whose helper and whose control plane are killed goes on, and is undone as a whole', async (t) => {
  const docker = testDocker(t);
  const first = await startStowage(t);
  const volume = docker.name('many');
  await first.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, many(files));
  const plan = await first.finished('POST', `/v1/hosts/local/volumes/${volume}/permission-repairs`, {
    owner: 1000,
    group: 7,
  });
  const job = await first.accepted('POST', `/v1/permission-repairs/${plan.id}/apply`, { confirm: volume });
  const helper = await docker.pauseHelper(job.id, 'repair');
  // So slow that it can be met in the middle.
  await helper.update({ CpuPeriod: 100_000, CpuQuota: 4_000 });
  await first.kill();
  await helper.unpause();
  await docker.until(async () => Number(await docker.run(volume, foreign(1000))) < total, 60);
  await helper.kill();
  const half = Number(await docker.run(volume, foreign(1000)));
  t.ok(half > 0 && half < total, `${half} entries are left`);

  const second = await startStowage(t, { database: first.database, state: first.state });
  const done = await second.waitForJob(job.id, 120);
  t.match(done, { state: 'succeeded', attempts: [{ error: { code: 'helper_interrupted' } }, { error: null }] });
  t.match(done.result, { entries: total, entriesChanged: half }, 'what was changed already is passed over');
  t.equal(await docker.run(volume, foreign(1000)), '0\n');
  const undone = await second.finished('POST', `/v1/permission-repairs/${plan.id}/undo`, { confirm: volume }, 120);
  t.match(undone, { state: 'succeeded' });
  t.equal(await docker.run(volume, `${foreign(0)}; find /data ! -group 0 | wc -l`), '0\n0\n', 'both parts are undone');
});

t.test('what the record has no space for is not changed; the rest is undone', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('full');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, many(files));
  const plan = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/permission-repairs`, { owner: 1000 });
  const record = `stowage-permissions-${plan.id}`;
  docker.willRemoveVolume(record);
  const options = { type: 'tmpfs', device: 'tmpfs', o: 'size=240k' };
  await docker.engine.createVolume({ Name: record, Driver: 'local', DriverOpts: options });
  // It lives as long as somebody has it.
  await docker.container({ volume: record, script: 'sleep 600', stopTimeout: 1 });
  const job = await stowage.finished('POST', `/v1/permission-repairs/${plan.id}/apply`, { confirm: volume }, 120);
  t.match(job, { state: 'failed', error: { code: 'volume_full' } });
  const changed = total - Number(await docker.run(volume, foreign(1000)));
  t.equal(Number(/(\d+) entries were/.exec(job.error.detail)?.[1]), changed, job.error.detail);
  t.ok(changed > 0 && changed < total, `${changed} were changed`);
  const undone = await stowage.finished('POST', `/v1/permission-repairs/${plan.id}/undo`, { confirm: volume }, 120);
  t.match(undone, { state: 'succeeded', result: { entriesChanged: changed } });
  t.equal(await docker.run(volume, foreign(0)), '0\n');
});

t.test(
  'a repair that is canceled in the middle is taken back, also by a control plane that takes it over',
  async (t) => {
    const docker = testDocker(t);
    const first = await startStowage(t);
    const volume = docker.name('canceled');
    await first.created('POST', '/v1/hosts/local/volumes', { name: volume });
    await docker.run(volume, many(files));
    const half = async (address: string, id: string) => {
      const job = await first.accepted('POST', address, { confirm: volume });
      const helper = await docker.pauseHelper(job.id, 'repair');
      await helper.update({ CpuPeriod: 100_000, CpuQuota: 4_000 });
      await helper.unpause();
      await docker.until(async () => Number(await docker.run(volume, foreign(1000))) < total, 60);
      t.match(await first.get(`/v1/permission-repairs/${id}`), { state: 'applying' });
      return job.id;
    };
    const planned = () =>
      first.finished('POST', `/v1/hosts/local/volumes/${volume}/permission-repairs`, { owner: 1000, group: 7 });

    const plan = await planned();
    const job = await half(`/v1/permission-repairs/${plan.id}/apply`, plan.id);
    await first.post(`/v1/jobs/${job}/cancel`, {});
    t.match(await first.waitForJob(job, 120), { state: 'canceled' });
    t.equal(await docker.run(volume, `${foreign(0)}; find /data ! -group 0 | wc -l`), '0\n0\n', 'all is as it was');
    t.match(await first.get(`/v1/permission-repairs/${plan.id}`), { state: 'undone', undoUntil: null });
    const { data } = await first.graphql(`{ permissionRepair(repair: "${plan.id}") { state } }`);
    t.equal(data.permissionRepair.state, 'undone');

    const other = await planned();
    const killed = await half(`/v1/permission-repairs/${other.id}/apply`, other.id);
    await first.post(`/v1/jobs/${killed}/cancel`, {});
    const undoing = await docker.pauseHelper(killed, 'undo');
    await first.kill();
    await undoing.unpause();
    // It may have ended by itself.
    await undoing.kill().catch(() => undefined);
    const second = await startStowage(t, { database: first.database, state: first.state });
    t.match(await second.waitForJob(killed, 120), { state: 'canceled' });
    t.equal(await docker.run(volume, foreign(0)), '0\n');
    t.match(await second.get(`/v1/permission-repairs/${other.id}`), { state: 'undone' });
  },
);
