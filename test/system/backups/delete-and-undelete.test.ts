import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test('a deleted volume can be brought back with its driver, options, labels, project and data', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const name = docker.name('gone');
  const address = `/v1/hosts/local/volumes/${name}`;
  await stowage.created('POST', '/v1/hosts/local/volumes', { name, labels: { team: 'blue' }, project: 'shop' });
  await docker.run(name, 'echo precious > /data/file');

  t.match(await stowage.call('DELETE', address), { status: 400, body: { code: 'confirmation_required' } });
  t.match(await stowage.call('DELETE', `${address}?confirm=other`), {
    status: 400,
    body: { code: 'confirmation_required' },
  });
  const user = await docker.container({ volume: name, script: 'exit 0' });
  await user.wait();
  await docker.until(async () => (await stowage.get(address)).inUse, 20);
  const refused = await stowage.call('DELETE', `${address}?confirm=${name}`);
  t.match(refused, { status: 409, body: { code: 'volume_in_use' } });
  t.ok(refused.body.detail.includes((await user.inspect()).Name.slice(1)), 'the container is named');
  await user.remove();
  await docker.until(async () => !(await stowage.get(address)).inUse, 20);

  const deleted = await stowage.finished('DELETE', `${address}?confirm=${name}`);
  t.equal(deleted.state, 'succeeded', deleted.error?.detail);
  t.match(await stowage.call('GET', address), { status: 404, body: { code: 'volume_not_found' } });
  t.notOk(await docker.volumeExists(name));
  t.match((await stowage.get('/v1/deleted-volumes')).items, [
    { name, project: 'shop', snapshot: deleted.result.snapshot },
  ]);

  const back = await stowage.finished('POST', `${address}/undelete`, {});
  docker.willRemoveVolume(name);
  t.equal(back.state, 'succeeded', back.error?.detail);
  t.match(await stowage.get(address), { name, project: 'shop', driver: 'local', labels: { team: 'blue' } });
  t.equal(await docker.run(name, 'cat /data/file'), 'precious\n');
  t.match(await stowage.call('POST', `${address}/undelete`, {}), {
    status: 404,
    body: { code: 'deleted_volume_not_found' },
  });
});

t.test('the volume of a repository is not deleted', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const repository = docker.name('repository');
  const volume = docker.name('any');
  await stowage.created('POST', '/v1/repositories', { name: repository, volume: repository });
  docker.willRemoveVolume(repository);
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, { repository });
  const address = `/v1/hosts/local/volumes/${repository}`;
  await docker.until(async () => (await stowage.call('GET', address)).status === 200, 15);
  t.match(await stowage.call('DELETE', `${address}?confirm=${repository}`), {
    status: 409,
    body: { code: 'repository_in_use' },
  });
});
