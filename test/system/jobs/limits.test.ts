import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

const someData = 'cd /data; for n in 1 2 3 4; do head -c 50000000 /dev/urandom > f$n; done';

t.test('a host works on no more jobs at a time than its limit', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_HOST_JOBS: '1' } });
  const jobs = [];
  for (const volume of [docker.name('one'), docker.name('two'), docker.name('three')]) {
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
    jobs.push(await stowage.accepted('POST', `/v1/hosts/local/volumes/${volume}/backups`, {}));
  }
  const done = [];
  for (const { id } of jobs) done.push(await stowage.waitForJob(id));
  t.same(
    done.map(({ state }) => state),
    ['succeeded', 'succeeded', 'succeeded'],
  );
  const spans = done.map(({ startedAt, finishedAt }) => ({ startedAt, finishedAt }));
  spans.sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1));
  for (const [index, { startedAt }] of spans.entries())
    if (index > 0) t.ok(startedAt >= spans[index - 1]?.finishedAt, 'a job starts when the one before has ended');
});

t.test('N9: a job without progress is ended, and the next one of the volume runs', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_JOB_STALL_SECONDS: '10', STOWAGE_JOB_ATTEMPTS: '1' } });
  const volume = docker.name('stuck');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, someData);
  const path = `/v1/hosts/local/volumes/${volume}/backups`;
  const job = await stowage.accepted('POST', path, {});
  await docker.pauseHelper(job.id, 'backup');
  const done = await stowage.waitForJob(job.id);
  t.match(done, { state: 'failed', error: { code: 'job_stalled' } });
  t.equal((await docker.helpersOf(job.id)).length, 0, 'its helper is gone');
  t.equal((await stowage.finished('POST', path, {})).state, 'succeeded', 'the next one runs');
});

t.test('a failed job is asked for again, and a finished one is not canceled', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('again');
  const repository = docker.name('missing');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await stowage.created('POST', '/v1/repositories', { name: repository, path: `${stowage.state}/nowhere` });
  const failed = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, { repository });
  t.equal(failed.state, 'failed');
  t.match(await stowage.call('POST', `/v1/jobs/${failed.id}/cancel`, {}), {
    status: 409,
    body: { code: 'job_finished' },
  });
  const retried = await stowage.finished('POST', `/v1/jobs/${failed.id}/retry`, {});
  t.match(retried, { state: 'failed', retryOf: failed.id, error: { code: failed.error.code } });

  const good = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
  t.match(await stowage.call('POST', `/v1/jobs/${good.id}/retry`, {}), { status: 409, body: { code: 'job_finished' } });
});

t.test('a queued job is canceled at once', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { roles: 'api,watcher' });
  const volume = docker.name('waiting');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  const job = await stowage.accepted('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
  t.match(await stowage.call('POST', `/v1/jobs/${job.id}/retry`, {}), {
    status: 409,
    body: { code: 'job_not_finished' },
  });
  t.match(await stowage.post(`/v1/jobs/${job.id}/cancel`, {}), { state: 'canceled', error: { code: 'job_canceled' } });
  const worker = await startStowage(t, { database: stowage.database, state: stowage.state });
  t.match(await worker.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {}), { state: 'succeeded' });
  t.match(await worker.get(`/v1/jobs/${job.id}`), { state: 'canceled', startedAt: null });
});
