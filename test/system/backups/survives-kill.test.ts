import t from 'tap';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

/** Random bytes: seconds of work for restic. */
const muchData = 'cd /data; for n in 1 2 3 4 5; do head -c 100000000 /dev/urandom > f$n; done; chown -R 999:999 .';

/** Gives the helper half a processor from its start: what comes next finds it in the middle of its work, on a fast machine too. */
async function slowed(docker: TestDocker, job: string): Promise<void> {
  const helper = await docker.startedHelper(job, 'backup');
  await helper.update({ CpuPeriod: 100_000, CpuQuota: 20_000 });
}

t.test(
  'a backup survives the death of the control plane: the same helper goes on, the next process finishes the job',
  async (t) => {
    const docker = testDocker(t);
    const first = await startStowage(t);
    const volume = docker.name('much');
    await first.created('POST', '/v1/hosts/local/volumes', { name: volume });
    await docker.run(volume, muchData);
    const job = await first.accepted('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
    await slowed(docker, job.id);
    const running = await first.until(
      `/v1/jobs/${job.id}`,
      ({ progress }) => progress?.step === 'backup' && progress.bytesDone > 0,
    );
    const helper = running.attempts[0].helper;
    const before = await docker.engine.getContainer(helper).inspect();
    t.equal(before.State.Running, true, 'the helper works');
    await first.kill();
    t.equal(
      (await docker.engine.getContainer(helper).inspect()).State.Running,
      true,
      'the helper works on without a control plane',
    );

    const second = await startStowage(t, { database: first.database, state: first.state });
    const done = await second.until(`/v1/jobs/${job.id}`, ({ finishedAt }) => finishedAt !== null, 90);
    t.equal(done.state, 'succeeded', done.error?.detail);
    t.equal(done.attempts.length, 1, 'it was one attempt');
    t.equal(done.attempts[0].helper, helper, 'it was one helper');
    const log = await second.get(`/v1/jobs/${job.id}/log`);
    t.match(log.items.map(({ message }: { message: string }) => message).join('\n'), /Attached to the helper/);
    const { items } = await second.get(`/v1/hosts/local/volumes/${volume}/snapshots`);
    t.equal(items.length, 1, 'the volume was read once');
    t.equal(items[0].bytes, 500_000_000);
    t.equal((await docker.helpersOf(job.id)).length, 0, 'no helper is left');
  },
);

t.test(
  'N4: a killed helper fails its attempt with a reason, its lock is removed, and the retry succeeds',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t);
    const volume = docker.name('killed');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
    await docker.run(volume, muchData);
    const job = await stowage.accepted('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
    await slowed(docker, job.id);
    const running = await stowage.until(
      `/v1/jobs/${job.id}`,
      ({ progress }) => progress?.step === 'backup' && progress.bytesDone > 0,
    );
    await docker.engine.getContainer(running.attempts[0].helper).kill();

    const done = await stowage.until(`/v1/jobs/${job.id}`, ({ finishedAt }) => finishedAt !== null, 90);
    t.equal(done.state, 'succeeded', done.error?.detail);
    t.equal(done.attempts.length, 2);
    t.match(done.attempts[0].error, { code: 'helper_interrupted', detail: /killed/ });
    const log = await stowage.get(`/v1/jobs/${job.id}/log`);
    t.match(log.items.map(({ message }: { message: string }) => message).join('\n'), /Removed the lock/);
  },
);

t.test('N22: a running helper shows no secret', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('secret');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, muchData);
  const { password } = await stowage.post('/v1/repositories/default/password', {});
  t.match(password, /^[\w-]{43}$/);
  const job = await stowage.accepted('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
  await slowed(docker, job.id);
  const running = await stowage.until(
    `/v1/jobs/${job.id}`,
    ({ progress }) => progress?.step === 'backup' && progress.bytesDone > 0,
  );
  const helper = docker.engine.getContainer(running.attempts[0].helper);
  const inspected = await helper.inspect();
  t.notOk(JSON.stringify(inspected).includes(password), 'not in docker inspect');
  t.notOk(
    JSON.stringify(await helper.top({ ps_args: 'auxwwwe' }).catch(() => helper.top())).includes(password),
    'not in arguments or environment',
  );
  t.notOk(
    (await helper.logs({ stdout: true, stderr: true })).toString().includes(password),
    'not in the log of the helper',
  );
  t.notOk(stowage.log().includes(password), 'not in the log of the control plane');
  t.equal(inspected.HostConfig.NetworkMode, 'none');
  t.equal(inspected.HostConfig.ReadonlyRootfs, true);
  t.same(
    inspected.HostConfig.CapAdd?.map((name: string) => name.replace('CAP_', '')),
    ['DAC_READ_SEARCH'],
  );
  await stowage.post(`/v1/jobs/${job.id}/cancel`, {});
  const done = await stowage.until(`/v1/jobs/${job.id}`, ({ finishedAt }) => finishedAt !== null);
  t.equal(done.state, 'canceled');
  t.equal((await docker.helpersOf(job.id)).length, 0, 'a canceled job leaves no helper');
});
