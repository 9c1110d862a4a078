import t from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

const measurements = '/v1/hosts/local/measurements';

t.test(
  'who sees it: a volume by its project, sums over a host with a role on everything, its storage anybody',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t);
    const name = docker.name('private');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name, project: 'shop' });
    await stowage.finished('POST', measurements, {});
    const clientOf = async (project: string) => {
      const { key } = await stowage.created('POST', '/v1/tokens', {
        name: project,
        roles: [{ role: 'operator', project }],
      });
      return connectClient(stowage.address, key);
    };
    const [owner, stranger] = [await clientOf('shop'), await clientOf('blog')];
    const address = `/v1/hosts/local/volumes/${name}/usage`;
    t.match(await owner.get(address), { usage: { files: 0 } });
    t.match(await stranger.call('GET', address), { status: 404, body: { code: 'volume_not_found' } });
    for (const path of ['usage', 'usage/history'])
      t.match(await owner.call('GET', `/v1/hosts/local/${path}`), { status: 403, body: { code: 'forbidden' } });
    t.match(await owner.call('POST', measurements, {}), { status: 403, body: { code: 'forbidden' } });
    t.match(await owner.get('/v1/hosts/local/storage'), { storage: { fileSystem: String } });
    const edges = `{ hosts { items { usage { measuredAt } } } volumes(name: "${name}") { items { growth { since } } } }`;
    t.match(await owner.graphql(edges), {
      data: { hosts: { items: [{ usage: null }] }, volumes: { items: [{ growth: null }] } },
    });
    t.match(await stranger.graphql(edges), { data: { volumes: { items: [] } } });
  },
);

t.test('the storage of a host is judged by the rules about hosts', async (t) => {
  const stowage = await startStowage(t);
  await stowage.until('/v1/hosts/local', ({ engine }) => engine !== null);
  const address = '/v1/hosts/local/storage';
  t.match(await stowage.get(address), {
    verdict: 'unknown',
    storage: null,
    measuredAt: null,
    storageDriver: 'overlay2',
  });
  await stowage.finished('POST', measurements, {});
  const measured = await stowage.get(address);
  t.match(measured, { storage: { totalBytes: Number, isNetwork: false }, rootFolder: String, measuredAt: String });
  t.match(measured.verdict, /^(good|tolerable|bad)$/);

  const lie = (storage: object) =>
    stowage.database.query('update hosts set storage = storage || $1::jsonb', [JSON.stringify(storage)]);
  await lie({
    fileSystem: 'ext4',
    isNetwork: false,
    isRotational: false,
    totalBytes: 100,
    freeBytes: 50,
    totalInodes: 100,
    freeInodes: 50,
  });
  t.match(await stowage.get(address), { verdict: 'good', reasons: [{ rule: null, detail: /overlay2 on ext4/ }] });
  await lie({ freeInodes: 7 });
  t.match(await stowage.get(address), {
    verdict: 'tolerable',
    reasons: [{ rule: 'HST-005', detail: /7.0 % of the inodes/ }],
  });
  await lie({ fileSystem: 'nfs4', isNetwork: true });
  t.match(await stowage.graphql('{ hostStorage(host: "local") { verdict reasons { rule detail remedy } } }'), {
    data: { hostStorage: { verdict: 'bad', reasons: [{ rule: 'HST-001', detail: /network/ }, { rule: 'HST-005' }] } },
  });
});
