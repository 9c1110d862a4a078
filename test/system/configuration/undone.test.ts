import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage, startStowage } from '../../machinery/stowage.ts';
import { openShop, type Shop } from './shop.ts';

const restores = '/v1/hosts/local/configuration-restores';
/** Never healthy after its first start: what waits for it makes a restore take long. */
const neverHealthy = 'trap "exit 0" TERM; while :; do sleep 0.1; done';

/** Names of all that carries the mark of a job. */
async function marked({ docker }: Shop, job: string): Promise<string[]> {
  const filters = { label: [`stowage.restored-by=${job}`] };
  const containers = await docker.engine.listContainers({ all: true, filters });
  const networks = await docker.engine.listNetworks({ filters });
  const { Volumes } = await docker.engine.listVolumes({ filters });
  return [
    ...containers.flatMap(({ Names }) => Names),
    ...networks.map(({ Name }) => Name),
    ...Volumes.map(({ Name }) => Name),
  ];
}

/** A shop that is kept and gone; a restore of it waits for a database that never gets healthy. */
async function slowShop(
  t: Parameters<typeof openShop>[0],
  stowage?: Shop['stowage'],
): Promise<Shop & { snapshot: string }> {
  const shop = await openShop(t, {
    ...(stowage === undefined ? {} : { stowage }),
    database: neverHealthy,
    healthcheck: 'sleep 60',
  });
  const { result } = await shop.stowage.finished('POST', shop.backups, {});
  await shop.remove();
  await shop.docker.engine.getVolume(shop.volume).remove();
  return { ...shop, snapshot: result.snapshot };
}

async function untilStarting({ docker, names }: Shop): Promise<void> {
  const isRunning = async () =>
    await docker.engine
      .getContainer(names[0])
      .inspect()
      .then(({ State }) => State.Running)
      .catch(() => false);
  await docker.until(isRunning, 30);
}

t.test('a restore that is canceled in the middle is undone', async (t) => {
  const shop = await slowShop(t);
  const { stowage, snapshot } = shop;
  const job = await stowage.accepted('POST', restores, { snapshot });
  await untilStarting(shop);
  t.ok((await marked(shop, job.id)).length >= 5);
  await stowage.post(`/v1/jobs/${job.id}/cancel`, {});
  const done = await stowage.waitForJob(job.id, 90);
  t.match(done, { state: 'canceled' }, done.error?.detail);
  t.strictSame(await marked(shop, job.id), []);
  t.notOk(await shop.docker.volumeExists(shop.volume));
});

t.test('what a process made that was killed is removed by its successor, also when the job ends', async (t) => {
  const first = await startStowage(t);
  const shop = await slowShop(t, first);
  const job = await first.accepted('POST', restores, { snapshot: shop.snapshot });
  await untilStarting(shop);
  await first.kill();
  t.ok((await marked(shop, job.id)).length >= 5, 'it is left in the middle');
  // Nobody asks for it any more by the time that there is somebody to go on.
  await first.database.query('update jobs set cancel_requested_at = now() where id = $1::uuid', [job.id]);
  const second = await startStowage(t, { database: first.database, state: first.state });
  const done = await second.waitForJob(job.id, 90);
  t.match(done, { state: 'canceled' }, done.error?.detail);
  t.strictSame(await marked(shop, job.id), []);
});

t.test('a container that cannot start undoes the whole restore, and nothing else is touched', async (t) => {
  // Its program is in the volume, which is made empty.
  const shop = await openShop(t, { program: '/data/run' });
  const { docker, stowage, backups, volume, remove } = shop;
  const { result } = await stowage.finished('POST', backups, {});
  await remove();
  await docker.engine.getVolume(volume).remove();
  const spare = docker.name('spare');
  await docker.engine.createVolume({ Name: spare, Labels: { 'stowage.restored-by': 'somebody-else' } });
  const other = await docker.container({ volume: spare, script: 'sleep 600', stopTimeout: 1 });
  const failed = await stowage.finished('POST', restores, { snapshot: result.snapshot }, 60);
  t.match(failed, { state: 'failed', error: { code: 'container_not_started', detail: /no such file/ } });
  t.strictSame(await marked(shop, failed.id), []);
  for (const name of shop.names) await t.rejects(shop.inspect(name), /no such container/i);
  t.notOk(await docker.volumeExists(volume));
  t.match(await other.inspect(), { State: { Running: true } });
  t.ok(await docker.volumeExists(spare));
});

t.test('a name that is taken refuses the restore before anything is made', async (t) => {
  const shop = await openShop(t);
  const { docker, stowage, names, backups, network, remove, inspect } = shop;
  const { result } = await stowage.finished('POST', backups, {});
  const { snapshot } = result;
  const before = (await inspect(names[0])).Id;
  const taken = await stowage.finished('POST', restores, { snapshot });
  t.match(taken, { state: 'failed', error: { code: 'container_exists', detail: new RegExp(names[0]) } });
  t.equal((await inspect(names[0])).Id, before);
  t.strictSame(await marked(shop, taken.id), []);

  await remove();
  await docker.engine.createNetwork({ Name: network });
  const other = await stowage.finished('POST', restores, { snapshot });
  t.match(other, { state: 'failed', error: { code: 'network_exists' } });
  t.strictSame(await marked(shop, other.id), []);
  t.match(await docker.engine.getNetwork(network).inspect(), { Internal: false }, 'it is as it was');
  const unknown = await stowage.finished('POST', restores, { snapshot, containers: ['nobody'] });
  t.match(unknown, { state: 'failed', error: { code: 'container_not_found' } });
});

t.test('what is no configuration is refused', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const volume = docker.name('plain');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  const { result } = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
  t.match(await stowage.call('POST', restores, { snapshot: result.snapshot }), {
    status: 409,
    body: { code: 'snapshot_unsuitable' },
  });
  t.match(await stowage.call('POST', '/v1/hosts/local/compose-projects/nobody/configuration-backups', {}), {
    status: 404,
    body: { code: 'compose_project_not_found' },
  });
});
