import t from 'tap';
import { startOrder } from '../../../src/jobs/start-order.ts';

const service = (name: string, dependsOn = '') => ({
  id: name,
  name,
  networkOf: null,
  labels: {
    'com.docker.compose.project': 'shop',
    'com.docker.compose.service': name,
    'com.docker.compose.depends_on': dependsOn,
  },
});
const stages = (...containers: Parameters<typeof startOrder>[0]): Record<string, number> =>
  Object.fromEntries([...startOrder(containers)].map(([id, { stage }]) => [id, stage]));

t.test('what depends on others starts after all of them', async (t) => {
  const web = service('web', 'app:service_started:false,cache:service_started:true');
  const app = service('app', 'db:service_healthy:false');
  t.strictSame(stages(web, app, service('cache'), service('db')), { web: 2, app: 1, cache: 0, db: 0 });
  t.strictSame(startOrder([app, service('db')]).get('db'), { stage: 0, isAwaited: true });
  t.strictSame(startOrder([web, service('cache')]).get('cache'), { stage: 0, isAwaited: false });
});

t.test(
  'all containers of a service come before what needs it; another project has nothing to do with it',
  async (t) => {
    const one = { ...service('db'), id: 'db-1' };
    const other = { ...service('db'), id: 'db-2' };
    const foreign = {
      ...service('foreign'),
      labels: { ...service('db').labels, 'com.docker.compose.project': 'blog' },
    };
    t.strictSame(stages(service('app', 'db:service_healthy:true'), one, other, foreign), {
      app: 1,
      'db-1': 0,
      'db-2': 0,
      foreign: 0,
    });
    t.equal(startOrder([service('app', 'db:service_healthy:true'), foreign]).get('foreign')?.isAwaited, false);
  },
);

t.test('a circle, a service that is not there and labels of nobody do no harm', async (t) => {
  const circle = stages(service('a', 'b:service_started:false'), service('b', 'a:service_started:false'));
  t.strictSame(Object.keys(circle), ['a', 'b']);
  t.strictSame(stages(service('self', 'self:service_started:false'), service('lost', 'gone')), { self: 1, lost: 0 });
  t.strictSame(stages({ ...service('plain'), labels: {} }), { plain: 0 });
});

t.test('what shares the network of another starts after it, whether that is named or told by its id', async (t) => {
  const alone = (id: string, networkOf: string | null) => ({ id, name: `name-of-${id}`, labels: {}, networkOf });
  t.strictSame(stages(alone('app', 'vpn'), alone('other', 'name-of-app'), alone('vpn', null)), {
    vpn: 0,
    app: 1,
    other: 2,
  });
  t.strictSame(stages(alone('app', 'gone')), { app: 0 });
  t.strictSame(Object.keys(stages(alone('a', 'b'), alone('b', 'a'))), ['a', 'b'], 'a circle does no harm');
});

t.test('what cannot be without another container comes after it, and what depends on that after both', async (t) => {
  const sidecar = { ...service('sidecar'), needs: ['web'] };
  t.strictSame(stages(sidecar, service('app', 'sidecar:service_started:false'), service('web')), {
    sidecar: 1,
    app: 2,
    web: 0,
  });
});
