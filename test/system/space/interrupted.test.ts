import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startApp } from '../../machinery/engine-user.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { manyFiles, meetHelper } from './held-helper.ts';

const measurements = '/v1/hosts/local/measurements';

t.test(
  'a volume is deleted and the control plane killed in the middle: nothing comes back, nothing is sampled twice',
  async (t) => {
    const docker = testDocker(t);
    const first = await startStowage(t);
    const [large, deleted, kept] = ['a-large', 'b-deleted', 'c-kept'].map((name) => docker.name(name));
    for (const name of [large, deleted, kept]) await first.created('POST', '/v1/hosts/local/volumes', { name });
    await docker.run(large ?? '', manyFiles);
    const app = await startApp(t, {
      Entrypoint: ['/bin/sh', '-c'],
      Cmd: ['head -c 700000 /dev/zero > /file; sleep 600'],
    });
    await docker.until(
      async () => (await first.call('GET', `/v1/hosts/local/containers/${app.id}`)).status === 200,
      20,
    );

    const { job, helper } = await meetHelper(
      docker,
      'volumes-',
      () => first.accepted('POST', measurements, {}),
      (found) => found.pause(),
    );
    await docker.engine.getVolume(deleted ?? '').remove();
    await first.kill();
    const second = await startStowage(t, { database: first.database, state: first.state });
    await helper.unpause();
    const done = await second.waitForJob(job.id, 90);
    t.equal(done.state, 'succeeded', done.error?.detail);
    t.equal(done.attempts.length, 1, 'it was one attempt');
    const log = await second.get(`/v1/jobs/${job.id}/log`);
    t.match(log.items.map(({ message }: { message: string }) => message).join('\n'), /Attached to the helper/);
    t.notOk(await docker.volumeExists(deleted ?? ''), 'what was deleted stays deleted');

    const [counts] = await first.database.query(
      `select (select count(*)::int from volume_samples where volume = $1) as large, (select count(*)::int from volume_samples where volume = $2) as kept,
      (select count(*)::int from volume_samples where volume = $3) as deleted, (select count(*)::int from host_samples) as hosts,
      (select count(*)::int from container_samples where container_id = $4) as containers,
      (select writable_bytes::int from containers where id = $4) as bytes`,
      [large, kept, deleted, app.id],
    );
    t.match(counts, { large: 1, kept: 1, deleted: 0, hosts: 1, containers: 1 });
    t.ok(counts.bytes >= 700_000 && counts.bytes < 800_000, `${counts.bytes} bytes in the container`);
  },
);

t.test('one that takes longer than its limit keeps what was known, and has the reason', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_MEASURE_VOLUME_SECONDS: '1' } });
  const volume = docker.name('large');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, 'echo x > /data/file');
  await stowage.finished('POST', measurements, {});
  const { usage } = await stowage.get(`/v1/hosts/local/volumes/${volume}`);
  t.match(usage, { files: 1 });

  await docker.run(volume, manyFiles);
  const ask = () => stowage.accepted('POST', measurements, {});
  // A hundredth of a processor is too little for it.
  const { job, helper } = await meetHelper(docker, 'volumes-', ask, (found) =>
    found.update({ CpuPeriod: 100_000, CpuQuota: 1_000 }),
  );
  await docker.until(async () => (await helper.logs({ stdout: true }).catch(() => 'gone')).includes(`${volume}`), 60);
  await helper.update({ CpuPeriod: 100_000, CpuQuota: 100_000 });
  const done = await stowage.waitForJob(job.id, 90);
  t.match(done.result.skipped.join('\n'), new RegExp(`volume/${volume}: sizing it took longer than 1 s`));
  t.same((await stowage.get(`/v1/hosts/local/volumes/${volume}`)).usage, usage);
});
