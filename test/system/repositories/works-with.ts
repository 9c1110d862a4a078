import type { Test } from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import type { TestDocker } from '../../machinery/docker.ts';
import type { Stowage } from '../../machinery/stowage.ts';

/** Makes a repository, tries it, backs a volume up and restores it, and counts; gives the repository as it is then. */
export async function worksWith(
  t: Test,
  stowage: Stowage,
  docker: TestDocker,
  wish: { name: string; [field: string]: unknown },
): Promise<Answer> {
  const { name } = wish;
  const volume = docker.name(`data-${name}`);
  const copy = docker.name(`copy-${name}`);
  const address = `/v1/repositories/${name}`;
  const path = `/v1/hosts/local/volumes/${volume}`;
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, 'echo precious > /data/file');
  await stowage.created('POST', '/v1/repositories', wish);

  const before = await stowage.finished('POST', `${address}/tests`, {});
  t.equal(before.state, 'succeeded', before.error?.detail);
  t.match((await stowage.get(address)).test, { ok: true, hasRepository: false, host: 'local' });
  const backup = await stowage.finished('POST', `${path}/backups`, { repository: name });
  t.equal(backup.state, 'succeeded', backup.error?.detail);
  const restore = await stowage.finished('POST', `${path}/restores`, { snapshot: backup.result.snapshot, into: copy });
  t.equal(restore.state, 'succeeded', restore.error?.detail);
  t.equal(await docker.run(copy, 'cat /data/file'), 'precious\n');
  t.equal((await stowage.get(`/v1/snapshots/${backup.result.snapshot}/entries`)).items[0].path, '/file');

  const mutation = 'mutation ($input: TestRepositoryInput!) { testRepository(input: $input) { id kind } }';
  const tested = await stowage.graphql(mutation, { input: { repository: name } });
  t.same(tested.errors, undefined);
  const { id, kind } = tested.data.testRepository;
  t.equal(kind, 'repository_test');
  t.equal((await stowage.waitForJob(id)).state, 'succeeded');
  const measured = await stowage.finished('POST', `${address}/measurements`, {});
  t.equal(measured.state, 'succeeded', measured.error?.detail);
  const repository = await stowage.get(address);
  t.match(repository, {
    state: 'ready',
    resticId: /^[0-9a-f]{64}$/,
    test: { ok: true, code: null, hasRepository: true, formatVersion: 2, resticVersion: /^0\.\d+/ },
    statistics: { snapshots: 1 },
  });
  t.ok(repository.test.openSeconds > 0);
  t.ok(repository.statistics.storedBytes > 0);
  return repository;
}

/** Nothing secret stands in what a helper, a job or a repository shows. */
export async function keepsSecrets(t: Test, stowage: Stowage, secrets: readonly string[]): Promise<void> {
  const shown = JSON.stringify([
    await stowage.get('/v1/repositories'),
    await stowage.get('/v1/jobs?limit=100'),
    await stowage.get('/v1/audit-events?limit=100'),
  ]);
  for (const secret of secrets) t.notOk((shown + stowage.log()).includes(secret), 'a secret is nowhere shown');
}
