import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startRestServer } from '../../machinery/servers/rest-server.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test('one read of a volume makes copies in other repositories, judged by 3-2-1', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const server = await startRestServer(t);
  const credentials = { username: 'stowage', userPassword: 'correct' };
  const volume = docker.name('orders');
  const here = docker.name('here');
  const path = `/v1/hosts/local/volumes/${volume}`;
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop' });
  await docker.run(volume, 'head -c 3000000 /dev/urandom > /data/file');
  const server1 = { name: 'server', url: `${server.url}one/`, ...credentials };
  await stowage.created('POST', '/v1/repositories', server1);
  const tape = { name: 'tape', url: `${server.url}two/`, ...credentials, medium: 'tape', offSite: true };
  await stowage.created('POST', '/v1/repositories', tape);
  await stowage.created('POST', '/v1/repositories', { name: 'here', volume: here, copyTo: ['server'] });
  t.match(await stowage.call('PATCH', '/v1/repositories/here', { copyTo: ['here'] }), { status: 400 }, 'not to itself');
  t.match(await stowage.call('PATCH', '/v1/repositories/here', { copyTo: ['nowhere'] }), {
    status: 404,
    body: { code: 'repository_not_found' },
  });
  const nothing = await stowage.get(`${path}/copies`);
  t.match(nothing, { satisfied: false, copies: 1, media: ['disk'], offSite: 0, held: [] });

  const backup = await stowage.finished('POST', `${path}/backups`, { repository: 'here', copyTo: ['server', 'tape'] });
  t.equal(backup.state, 'succeeded', backup.error?.detail);
  t.equal(backup.result.copyJobs.length, 2);
  const original = backup.result.snapshot;
  // The data is gone from the volume: what is copied can only come from the repository.
  await docker.run(volume, 'rm /data/file');
  for (const id of backup.result.copyJobs) {
    const job = await stowage.waitForJob(id);
    t.match(job, { kind: 'snapshot_copy', state: 'succeeded', volume, project: 'shop' }, job.error?.detail);
  }
  const again = await stowage.finished('POST', `/v1/snapshots/${original}/copies`, { repository: 'tape' });
  t.equal(again.state, 'succeeded', again.error?.detail);
  const { items } = await stowage.get(`${path}/snapshots`);
  t.equal(items.length, 3, 'copying again made no other copy');
  const copies = items.filter(({ id }: { id: string }) => id !== original);
  const source = await stowage.get(`/v1/snapshots/${original}`);
  for (const copy of copies) {
    const { id: _id, repositoryId: _repository, original: of, jobId: _job, ...rest } = copy;
    t.equal(of, original);
    t.match(source, rest, 'in all else as its original');
  }

  const query = `query ($host: String!, $name: String!) {
    volume(host: $host, name: $name) { copies { satisfied copies media offSite missing held { repository counts } } }
    snapshot(snapshot: "${original}") { copies { id original } }
  }`;
  const { data, errors } = await stowage.graphql(query, { host: 'local', name: volume });
  t.same(errors, undefined);
  t.same(data.volume.copies, {
    satisfied: true,
    copies: 4,
    media: ['disk', 'tape'],
    offSite: 1,
    missing: [],
    held: ['here', 'server', 'tape'].map((repository) => ({ repository, counts: true })),
  });
  t.equal(data.snapshot.copies.length, 2);

  const back = docker.name('back');
  await docker.removeVolume(here);
  const inTape = copies.find(({ repositoryId }: { repositoryId: string }) => repositoryId !== source.repositoryId);
  const restored = await stowage.finished('POST', `/v1/snapshots/${inTape.id}/restores`, { into: back });
  t.equal(restored.state, 'succeeded', restored.error?.detail);
  t.equal((await docker.run(back, 'stat -c %s /data/file')).trim(), '3000000');

  t.test('a repository that is made for copies cuts files as the first one does', async (t) => {
    const second = await stowage.finished('POST', `${path}/backups`, { repository: 'server', copyTo: [] });
    t.notOk(second.result.copyJobs, 'an empty list means no copy');
    const reveal = await stowage.post('/v1/repositories/server/password', {});
    t.ok(reveal.password.length > 20);
    const measured = await stowage.finished('POST', '/v1/repositories/server/measurements', {});
    t.ok(measured.result.bytesStored < 4_000_000, 'what both hold is stored once');
  });
});

t.test('a single snapshot is deleted, and stays where nothing can be removed (N20)', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const server = await startRestServer(t, { appendOnly: true });
  const volume = docker.name('data');
  const path = `/v1/hosts/local/volumes/${volume}`;
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, 'echo x > /data/file');
  const place = { url: `${server.url}mine/`, username: 'stowage', userPassword: 'correct' };
  await stowage.created('POST', '/v1/repositories', { name: 'vault', ...place });
  const kept = (await stowage.finished('POST', `${path}/backups`, { repository: 'vault' })).result.snapshot;
  const address = `/v1/snapshots/${kept}?confirm=${kept.slice(0, 8)}`;
  const tried = await stowage.finished('DELETE', address);
  t.match(tried, { state: 'failed', error: { code: 'repository_append_only' } });
  t.equal(tried.attempts.length, 1, 'once is enough');
  t.equal((await stowage.call('PATCH', '/v1/repositories/vault', { appendOnly: true })).status, 200);
  t.match(await stowage.call('DELETE', address), { status: 409, body: { code: 'repository_append_only' } });
  t.equal((await stowage.call('GET', `/v1/snapshots/${kept}`)).status, 200);
  const next = await stowage.finished('POST', `${path}/backups`, { repository: 'vault' });
  t.equal(next.state, 'succeeded', 'backups go on in it');

  const other = (await stowage.finished('POST', `${path}/backups`, {})).result.snapshot;
  t.match(await stowage.call('DELETE', `/v1/snapshots/${other}`), { body: { code: 'confirmation_required' } });
  const mutation = 'mutation ($input: DeleteSnapshotInput!) { deleteSnapshot(input: $input) { id } }';
  const { data } = await stowage.graphql(mutation, { input: { snapshot: other, confirm: other } });
  const deleted = await stowage.waitForJob(data.deleteSnapshot.id);
  t.match(deleted, { state: 'succeeded', result: { removed: [`snapshot/${other}`] } }, deleted.error?.detail);
  t.equal((await stowage.call('GET', `/v1/snapshots/${other}`)).status, 404);
  const imported = await stowage.finished('POST', '/v1/repositories/default/imports', {});
  t.match(imported, { state: 'succeeded', result: { snapshotsFound: 0 } }, 'it is gone from the repository itself');

  const last = await stowage.finished('DELETE', `${path}?confirm=${volume}`);
  t.equal(last.state, 'succeeded', last.error?.detail);
  const only = last.result.snapshot;
  t.match(await stowage.call('DELETE', `/v1/snapshots/${only}?confirm=${only}`), {
    status: 409,
    body: { code: 'snapshot_in_use' },
  });
});
