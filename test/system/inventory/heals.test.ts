import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startEngineProxy } from '../../machinery/engine-proxy.ts';
import { makeVolume } from '../../machinery/engine-user.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test('the inventory heals after its stream of events was cut', async (t) => {
  const docker = testDocker(t);
  const proxy = await startEngineProxy(t);
  const stowage = await startStowage(t, { env: { DOCKER_HOST: proxy.endpoint } });
  await stowage.until('/v1/hosts/local', ({ state }) => state === 'connected', 20);

  proxy.cut();
  const name = await makeVolume(docker.name('cut'));
  const listed = (wanted: number) =>
    stowage.until(`/v1/volumes?name=${name}`, ({ items }) => items.length === wanted, 20);
  await listed(1);
  t.equal((await stowage.get('/v1/hosts/local')).state, 'connected', 'the engine itself was never away');
  await docker.removeVolume(name);
  await listed(0);
});

t.test('while the engine is away writes are refused and reads go on, with a growing age', async (t) => {
  const docker = testDocker(t);
  const proxy = await startEngineProxy(t);
  const stowage = await startStowage(t, { env: { DOCKER_HOST: proxy.endpoint, STOWAGE_INVENTORY_SECONDS: '1' } });
  const name = await makeVolume(docker.name('stays'));
  await stowage.until(`/v1/volumes?name=${name}`, ({ items }) => items.length === 1, 20);

  proxy.away();
  const away = await stowage.until('/v1/hosts/local', ({ state }) => state === 'unreachable', 20);
  t.match(away.error, /^The Docker engine of host "local" does not answer/);
  const refused = await stowage.call('POST', '/v1/hosts/local/volumes', { name: docker.name('refused') });
  t.match(refused, { status: 503, body: { code: 'host_unavailable', detail: /host "local"/ } });

  const startedAt = Date.now();
  t.equal((await stowage.get(`/v1/hosts/local/volumes/${name}`)).name, name);
  t.ok(Date.now() - startedAt < 1_000, 'a read does not wait for the engine');
  const { ageSeconds } = (await stowage.get('/v1/hosts/local')).inventory;
  await sleep(1_500);
  t.ok((await stowage.get('/v1/hosts/local')).inventory.ageSeconds > ageSeconds + 1, 'the age grows');

  const missed = await makeVolume(docker.name('missed'));
  proxy.back();
  await stowage.until('/v1/hosts/local', ({ state, error }) => state === 'connected' && error === null, 20);
  await stowage.until(`/v1/volumes?name=${missed}`, ({ items }) => items.length === 1, 20);
});

t.test('an engine that hangs is given up after its time', async (t) => {
  const docker = testDocker(t);
  const proxy = await startEngineProxy(t);
  const stowage = await startStowage(t, { env: { DOCKER_HOST: proxy.endpoint } });
  proxy.hang();
  const startedAt = Date.now();
  const refused = await stowage.call('POST', '/v1/hosts/local/volumes', { name: docker.name('hung') });
  t.match(refused, { status: 503, body: { code: 'host_unavailable' } });
  t.ok(Date.now() - startedAt < 12_000);
  t.equal((await stowage.call('GET', '/v1/volumes')).status, 200);
  proxy.back();
});
