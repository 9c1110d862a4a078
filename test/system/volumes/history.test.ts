import t from 'tap';
import { inventoryOf } from '../../../src/hosts/inventory.ts';
import { refreshVolume } from '../../../src/hosts/read.ts';
import { forgetVolumeEvents } from '../../../src/hosts/volume-events.ts';

import { type Answer, connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { dropContainer, dropVolume, makeVolume, startApp } from '../../machinery/engine-user.ts';
import { openInventoryPorts } from '../../machinery/inventory-ports.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

const volumes = '/v1/hosts/local/volumes';
const mounting = (volume: string, readOnly = false) => ({
  HostConfig: { Mounts: [{ Type: 'volume' as const, Source: volume, Target: '/data', ReadOnly: readOnly }] },
});
const actions = ({ items }: Answer) => items.map(({ action }: Answer) => action);

t.test('the life of a volume is told, newest first, also when it is over', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const name = docker.name('data');
  const address = `${volumes}/${name}`;
  const madeAt = Date.now();
  t.match(await stowage.created('POST', volumes, { name, project: 'shop' }), { lastUsedAt: null });
  const app = await startApp(t, mounting(name, true));
  await stowage.until(address, ({ inUse }) => inUse, 20);
  const used = await stowage.get(address);
  t.ok(Date.now() - Date.parse(used.lastUsedAt) < 5_000, 'while it is in use it is used now');
  const container = { id: app.id, name: (await app.inspect()).Name.slice(1) };
  await dropContainer(app);
  const unused = await stowage.until(address, ({ inUse }) => !inUse, 20);
  t.ok(Date.parse(unused.lastUsedAt) >= Date.parse(used.lastUsedAt), 'and afterwards, when it was last');
  t.equal((await stowage.get(address)).lastUsedAt, unused.lastUsedAt);

  const history = await stowage.get(`${address}/history`);
  t.match(history, {
    items: [
      { action: 'unmounted', container, target: '/data', readOnly: true },
      { action: 'mounted', container, target: '/data', readOnly: true },
      { action: 'created', container: null, target: null, readOnly: null },
    ],
    nextCursor: null,
  });
  t.ok(Math.abs(Date.parse(history.items[2].at) - madeAt) < 10_000);
  const first = await stowage.get(`${address}/history?limit=2`);
  t.same(actions(first), ['unmounted', 'mounted']);
  t.same(actions(await stowage.get(`${address}/history?limit=2&cursor=${first.nextCursor}`)), ['created']);

  t.match(await stowage.finished('DELETE', `${address}?confirm=${name}&keepSnapshot=false`), { state: 'succeeded' });
  t.equal((await stowage.call('GET', address)).status, 404);
  t.same(actions(await stowage.get(`${address}/history`)), ['deleted', 'unmounted', 'mounted', 'created']);
  const query = `{ volumeHistory(host: "local", name: "${name}", limit: 1) { items { action container { name } at } nextCursor } }`;
  t.match(await stowage.graphql(query), {
    data: { volumeHistory: { items: [{ action: 'deleted', container: null }], nextCursor: String } },
  });
});

t.test('an anonymous volume is mounted by its container, and goes with it', async (t) => {
  const stowage = await sharedStowage();
  const app = await startApp(t, { Volumes: { '/data': {} } });
  const [{ Name: name = '' } = {}] = (await app.inspect()).Mounts;
  const address = `${volumes}/${name}/history`;
  await stowage.until(`/v1/volumes?name=${name}&inUse=true`, ({ items }) => items.length === 1, 20);
  t.match((await stowage.get(`${volumes}/${name}`)).createdBy, 'container');
  await dropContainer(app);
  await stowage.until(`/v1/volumes?name=${name}`, ({ items }) => items.length === 0, 20);
  // The engine tells of the volume first, and of its container in another event.
  await stowage.until(address, (history) => actions(history).includes('unmounted'), 20);
  t.same(actions(await stowage.get(address)).sort(), ['created', 'deleted', 'mounted', 'unmounted']);
  t.match(await stowage.get(`${address}?limit=4`), { items: [{}, {}, {}, {}] });
});

t.test('a volume that was asked for is told from one that came with a container', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const [asked, named, bound] = [docker.name('asked'), docker.name('named'), docker.name('bound')];
  const makerOf = async (name: string) => {
    await stowage.until(`/v1/volumes?name=${name}&inUse=true`, ({ items }) => items.length === 1, 20);
    const { data } = await stowage.graphql(`{ volume(host: "local", name: "${name}") { createdBy } }`);
    const { createdBy } = await stowage.get(`${volumes}/${name}`);
    t.equal(data.volume.createdBy, createdBy);
    return createdBy;
  };
  await makeVolume(asked);
  await startApp(t, mounting(asked));
  await startApp(t, mounting(named));
  await startApp(t, { HostConfig: { Binds: [`${bound}:/data`, `${asked}:/other`] } });
  t.equal(await makerOf(bound), 'container', 'with -v');
  t.equal(await makerOf(named), 'container', 'with --mount');
  t.equal(await makerOf(asked), 'request', 'even right before the container that uses it');
  await dropContainer(await startApp(t, mounting(named)));
  t.equal(await makerOf(named), 'container', 'whoever uses it later');
});

t.test('the history of a volume belongs to the project that the volume has, or had at last', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const name = docker.name('data');
  const history = `${volumes}/${name}/history`;
  const viewer = async (project: string) => {
    const roles = [{ role: 'viewer', project }];
    return connectClient(stowage.address, (await stowage.created('POST', '/v1/tokens', { name: project, roles })).key);
  };
  const [shop, blog] = [await viewer('shop'), await viewer('blog')];
  await stowage.created('POST', volumes, { name });
  await stowage.call('PATCH', `${volumes}/${name}`, { project: 'shop' });
  t.same(actions(await shop.get(history)), ['created'], 'since it was made, although it had no project then');
  const hidden = await blog.call('GET', history);
  t.match(hidden, { status: 404, body: { code: 'volume_not_found' } });
  const absent = await blog.call('GET', `${volumes}/${docker.name('nothing')}/history`);
  t.equal(absent.body.code, hidden.body.code);

  await stowage.finished('DELETE', `${volumes}/${name}?confirm=${name}&keepSnapshot=false`);
  t.same(actions(await shop.get(history)), ['deleted', 'created']);
  t.equal((await blog.call('GET', history)).status, 404);
  await stowage.created('POST', volumes, { name, project: 'blog' });
  t.same(actions(await blog.get(history)), ['created'], 'what another project did under this name is not told');
  t.equal((await shop.call('GET', history)).status, 404);
  t.same(actions(await stowage.get(history)), ['created', 'deleted', 'created']);
});

t.test(
  'the first look finds volumes that are old; looks that are repeated, and replicas, tell nothing twice',
  async (t) => {
    const docker = testDocker(t);
    const name = await makeVolume(docker.name('old'));
    const app = await startApp(t, mounting(name));
    const { CreatedAt: createdAt = '' } = (await docker.engine.getVolume(name).inspect()) as { CreatedAt?: string };
    const first = await openInventoryPorts(t);
    const second = await openInventoryPorts(t, { database: first.database });
    const lookAgain = () =>
      Promise.all(
        [first, second].flatMap((ports) => [
          inventoryOf(ports, 'local').refreshAll(),
          refreshVolume(ports, 'local', name),
          inventoryOf(ports, 'local').refresh([], [app.id]),
        ]),
      );
    const told = () => first.db.volumeEvent.findMany({ where: { volumeName: name }, orderBy: { id: 'asc' } });
    await lookAgain();
    await lookAgain();
    const [created, mounted, ...more] = await told();
    t.match(created, { action: 'created', at: new Date(createdAt) }, 'at the time that the engine tells, not now');
    t.match(mounted, { action: 'mounted', containerId: app.id, at: new Date((await app.inspect()).Created) });
    t.same(more, []);

    await dropContainer(app);
    await dropVolume(name);
    await lookAgain();
    await lookAgain();
    const rest = (await told()).slice(2);
    t.match(rest, [
      { action: 'unmounted', containerId: app.id, target: '/data' },
      { action: 'deleted', containerId: null },
    ]);
  },
);

t.test('a volume that was replaced under its name is deleted and made', async (t) => {
  const docker = testDocker(t);
  const name = await makeVolume(docker.name('again'), { made: 'first' });
  const ports = await openInventoryPorts(t);
  await inventoryOf(ports, 'local').refreshAll();
  await dropVolume(name);
  await makeVolume(name, { made: 'second' });
  await refreshVolume(ports, 'local', name);
  const told = await ports.db.volumeEvent.findMany({ where: { volumeName: name }, orderBy: { id: 'asc' } });
  t.match(told, [{ action: 'created' }, { action: 'deleted' }, { action: 'created' }]);
});

t.test('events are forgotten after their time, but for the making of volumes that are there', async (t) => {
  const docker = testDocker(t);
  const name = await makeVolume(docker.name('kept'));
  const ports = await openInventoryPorts(t);
  await refreshVolume(ports, 'local', name);
  const event = { hostName: 'local', volumeName: name };
  const at = new Date('2020-01-01');
  await ports.db.volumeEvent.createMany({
    data: ['created', 'mounted', 'unmounted', 'deleted'].map((action) => ({ ...event, action, at })),
  });
  await ports.db.volumeEvent.create({ data: { ...event, action: 'mounted' } });
  const left = async () =>
    (await ports.db.volumeEvent.findMany({ where: event, orderBy: { id: 'asc' } })).map(({ action }) => action);
  await forgetVolumeEvents(ports.db, 'local', new Date('2021-01-01'));
  t.same(await left(), ['created', 'mounted']);
  await forgetVolumeEvents(ports.db, 'local', new Date(Date.now() + 60_000));
  t.same(await left(), ['created']);
});

t.test('volumes are found by how long nobody has used them; filters that contradict are refused', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const [never, once, used] = [docker.name('a-never'), docker.name('b-once'), docker.name('c-used')];
  for (const name of [never, once, used]) await stowage.created('POST', volumes, { name });
  await startApp(t, mounting(used));
  const app = await startApp(t, mounting(once));
  const inUse = (name: string, is: boolean) => stowage.until(`${volumes}/${name}`, (body) => body.inUse === is, 20);
  await Promise.all([inUse(used, true), inUse(once, true)]);
  await dropContainer(app);
  await inUse(once, false);
  const names = async (query: string) =>
    (await stowage.get(`/v1/volumes?name=${docker.name('')}&${query}`)).items.map(({ name }: Answer) => name);
  t.same(await names('unusedFor=0'), [never, once]);
  t.same(await names('unusedFor=0&dangling=true'), [never, once]);
  t.same(await names('unusedFor=3600'), []);
  for (const query of [
    'dangling=true&inUse=true',
    'dangling=false&inUse=false',
    'unusedFor=1&inUse=true',
    'unusedFor=1&dangling=false',
  ]) {
    const answer = await stowage.call('GET', `/v1/volumes?${query}`);
    t.match(answer, { status: 400, body: { code: 'invalid_input', errors: [{ rule: 'filter' }] } }, query);
  }
  t.match(await stowage.graphql('{ volumes(dangling: true, inUse: true) { items { name } } }'), {
    errors: [{ extensions: { code: 'invalid_input' } }],
  });
});
