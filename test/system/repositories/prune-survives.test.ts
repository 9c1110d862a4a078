import t from 'tap';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

/** A repository of which a good part is to go; gives the digest of what stays in the snapshot that stays. */
async function withWaste(docker: TestDocker, stowage: Stowage) {
  const [repository, volume] = [docker.name('repository'), docker.name('data')];
  const path = `/v1/hosts/local/volumes/${volume}`;
  await stowage.created('POST', '/v1/repositories', { name: 'safe', volume: repository });
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  const backUp = async () =>
    (await stowage.finished('POST', `${path}/backups`, { repository: 'safe' })).result.snapshot;
  await docker.run(volume, 'cd /data; for n in 1 2 3; do head -c 30000000 /dev/urandom > f$n; done');
  const old = await backUp();
  await docker.run(volume, 'cd /data; rm f1; head -c 10000000 /dev/urandom > f2');
  const kept = await backUp();
  await stowage.finished('DELETE', `/v1/snapshots/${old}?confirm=${old}`);
  const locks = async () => Number(await docker.run(repository, 'ls /data/locks | wc -l'));
  const sums = (name: string) => docker.run(name, 'cd /data; sha256sum f2 f3');
  return { path, kept, locks, sums, expected: await sums(volume) };
}

/** Slows the helper of the prune, and waits until its lock is in the repository: it is in the middle of its work. */
async function inTheMiddle(docker: TestDocker, job: string, locks: () => Promise<number>) {
  const helper = await docker.startedHelper(job, 'prune');
  await helper.update({ CpuPeriod: 100_000, CpuQuota: 10_000 });
  await docker.until(async () => (await locks()) > 0, 60);
  return helper;
}

t.test('a prune that is killed in the middle leaves a whole repository, and the retry ends well', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const { path, kept, locks, sums, expected } = await withWaste(docker, stowage);
  const job = await stowage.accepted('POST', '/v1/repositories/safe/prunes', {});
  await (await inTheMiddle(docker, job.id, locks)).kill();
  const done = await stowage.waitForJob(job.id, 120);
  t.match(done, { state: 'succeeded', attempts: [{ error: { code: 'helper_interrupted' } }, {}] }, done.error?.detail);
  t.ok(done.result.bytesFreed > 20_000_000, `${done.result.bytesFreed} bytes are free`);
  t.equal(await locks(), 0);
  t.match(await stowage.finished('POST', '/v1/repositories/safe/checks', { parts: 1 }), { state: 'succeeded' });
  const into = docker.name('again');
  t.match(await stowage.finished('POST', `${path}/restores`, { snapshot: kept, into }), { state: 'succeeded' });
  t.equal(await sums(into), expected);
});

t.test('a prune goes on without its control plane, and is concluded by the next one', async (t) => {
  const docker = testDocker(t);
  const first = await startStowage(t);
  const { path, locks } = await withWaste(docker, first);
  const job = await first.accepted('POST', '/v1/repositories/safe/prunes', {});
  await inTheMiddle(docker, job.id, locks);
  await first.kill();
  const next = await startStowage(t, { database: first.database, state: first.state });
  const done = await next.waitForJob(job.id, 120);
  t.match(done, { state: 'succeeded' }, done.error?.detail);
  t.equal(done.attempts.length, 1);
  t.equal(await locks(), 0);
  t.match(await next.finished('POST', `${path}/backups`, { repository: 'safe' }), { state: 'succeeded' });
});
