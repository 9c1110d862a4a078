import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test('N1: a volume that does not exist is refused, and Docker does not make an empty one', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const name = docker.name('absent');
  t.match(await stowage.call('POST', `/v1/hosts/local/volumes/${name}/backups`, {}), {
    status: 404,
    body: { code: 'volume_not_found' },
  });
  t.notOk(await docker.volumeExists(name));
});

t.test('a volume that goes away before its backup starts fails the job, and is not made anew', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { roles: 'api,watcher' });
  const name = docker.name('vanishing');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name });
  const job = await stowage.accepted('POST', `/v1/hosts/local/volumes/${name}/backups`, {});
  await docker.engine.getVolume(name).remove();
  const worker = await startStowage(t, { database: stowage.database, state: stowage.state, roles: 'api,worker' });
  const done = await worker.until(`/v1/jobs/${job.id}`, ({ finishedAt }) => finishedAt !== null);
  t.match(done, { state: 'failed', error: { code: 'volume_not_found' } });
  t.notOk(await docker.volumeExists(name));
});

t.test('a repository that is full fails the job with its own code', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const repository = docker.name('small');
  await docker.engine.createVolume({
    Name: repository,
    Driver: 'local',
    DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'size=8m' },
  });
  docker.willRemoveVolume(repository);
  await docker.container({ volume: repository, script: 'while :; do sleep 1; done', stopTimeout: 1 });
  await stowage.created('POST', '/v1/repositories', { name: repository, volume: repository });
  const volume = docker.name('big');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, 'head -c 60000000 /dev/urandom > /data/file');
  const job = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, { repository });
  t.match(job, { state: 'failed', error: { code: 'repository_full' } });
  t.equal((await docker.helpersOf(job.id)).length, 0);
});

t.test('a wrong repository password fails the job with its own code', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const shared = docker.name('shared');
  const volume = docker.name('data');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await stowage.created('POST', '/v1/repositories', { name: 'right', volume: shared, password: 'the right password' });
  docker.willRemoveVolume(shared);
  t.equal(
    (await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, { repository: 'right' })).state,
    'succeeded',
  );
  await stowage.created('POST', '/v1/repositories', { name: 'wrong', volume: shared, password: 'another password' });
  const job = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, { repository: 'wrong' });
  t.match(job, { state: 'failed', error: { code: 'repository_password_wrong' } });
  t.notOk(JSON.stringify(job).includes('another password'));
});

t.test('a repository whose volume was removed is not silently made anew', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const repository = docker.name('lost-repository');
  const volume = docker.name('data');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await stowage.created('POST', '/v1/repositories', { name: repository, volume: repository });
  await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, { repository });
  await docker.engine.getVolume(repository).remove();
  const job = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, { repository });
  t.match(job, { state: 'failed', error: { code: 'repository_missing' } });
  t.notOk(await docker.volumeExists(repository));
});

t.test('plain restic reads the repository with the password that an admin asks for', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const repository = docker.name('plain');
  const volume = docker.name('data');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await stowage.created('POST', '/v1/repositories', { name: repository, volume: repository });
  docker.willRemoveVolume(repository);
  const { result } = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, { repository });
  const { password } = await stowage.post(`/v1/repositories/${repository}/password`, {});
  t.match(
    await docker.run(repository, `RESTIC_PASSWORD='${password}' restic --repo /data --no-cache snapshots --json`),
    result.snapshot,
  );
});

t.test('two backups of one volume at a time run one after the other', async (t) => {
  const docker = testDocker(t);
  const one = await startStowage(t);
  const two = await startStowage(t, { database: one.database, state: one.state });
  const volume = docker.name('twice');
  await one.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, 'head -c 50000000 /dev/urandom > /data/file');
  const path = `/v1/hosts/local/volumes/${volume}/backups`;
  const accepted = await Promise.all([
    one.accepted('POST', path, {}),
    two.accepted('POST', path, {}),
    one.accepted('POST', path, {}),
    two.accepted('POST', path, {}),
  ]);
  const jobs = [];
  for (const { id } of accepted)
    jobs.push(await one.until(`/v1/jobs/${id}`, ({ finishedAt }) => finishedAt !== null, 60));
  t.same(
    jobs.map(({ state }) => state),
    ['succeeded', 'succeeded', 'succeeded', 'succeeded'],
  );
  const spans = jobs.map(({ startedAt, finishedAt }) => [startedAt, finishedAt]).sort();
  for (const [index, [startedAt]] of spans.entries())
    if (index > 0) t.ok(startedAt >= (spans[index - 1]?.[1] ?? ''), 'starts after the one before has ended');
  t.equal((await one.get(`/v1/hosts/local/volumes/${volume}/snapshots`)).items.length, 4, 'no job ran twice');
  t.same(
    jobs.map(({ attempts }) => attempts.length),
    [1, 1, 1, 1],
  );
});
