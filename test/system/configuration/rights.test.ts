import t from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { openShop } from './shop.ts';

const restores = '/v1/hosts/local/configuration-restores';

t.test(
  'an operator keeps and restores the own project, without files of the host, and reads no definition',
  async (t) => {
    const { stowage, project, names, backups, remove, inspect } = await openShop(t);
    const as = async (role: string, of: string) => {
      const roles = [{ role, project: of }];
      return connectClient(stowage.address, (await stowage.created('POST', '/v1/tokens', { name: role, roles })).key);
    };
    const operator = await as('operator', project);
    const admin = await as('admin', project);
    const kept = await operator.finished('POST', backups, {});
    t.match(kept, { state: 'succeeded', project }, kept.error?.detail);
    const { snapshot } = kept.result;
    const { items } = await stowage.get(`/v1/snapshots/${snapshot}/entries`);
    const found = items.map(({ name }: { name: string }) => name);
    t.strictSame(found, ['compose.json', 'containers', 'images.json', 'networks', 'volumes'], 'no Compose file');
    for (const client of [operator, admin])
      for (const address of ['entries', 'file?path=/images.json', 'archive'])
        t.match(await client.call('GET', `/v1/snapshots/${snapshot}/${address}`), {
          status: 403,
          body: { code: 'forbidden' },
        });
    t.match(await operator.call('POST', `/v1/snapshots/${snapshot}/restores`, { into: `${project}-into` }), {
      status: 409,
      body: { code: 'snapshot_unsuitable' },
    });
    await remove();
    const restored = await operator.finished('POST', restores, { snapshot }, 60);
    t.match(restored, { state: 'succeeded' }, restored.error?.detail);
    t.match(await inspect(names[1]), { State: { Running: true } });

    const stranger = await as('operator', 'elsewhere');
    t.match(await stranger.call('POST', restores, { snapshot }), { status: 404, body: { code: 'snapshot_not_found' } });
    t.match(await stranger.call('POST', backups, {}), { status: 404, body: { code: 'compose_project_not_found' } });
    for (const client of [operator, admin, stranger])
      t.match(await client.call('POST', '/v1/hosts/local/configuration-backups', {}), { status: 403 });
    const viewer = await as('viewer', project);
    t.match(await viewer.call('POST', backups, {}), { status: 403 });
    t.match(await viewer.call('POST', restores, { snapshot }), { status: 403 });
  },
);
