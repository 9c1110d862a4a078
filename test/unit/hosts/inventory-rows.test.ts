import t from 'tap';
import type { EngineContainer, EngineMount, EngineVolume } from '../../../src/engine/engine-objects.ts';
import { kindOf, toInventoryRows } from '../../../src/hosts/inventory-rows.ts';

const volume: EngineVolume = {
  name: 'data',
  driver: 'local',
  scope: 'local',
  mountpoint: '/v',
  options: {},
  labels: {},
  createdAt: null,
};
const mount: EngineMount = {
  type: 'volume',
  source: '/v',
  target: '/data',
  volume: 'data',
  driver: 'local',
  mode: '',
  readOnly: false,
  propagation: '',
  selinux: null,
  noCopy: false,
  subpath: null,
  tmpfs: null,
};
const container: EngineContainer = {
  id: 'c1',
  name: 'app',
  image: 'app:1',
  imageId: 'sha256:1',
  state: 'running',
  status: 'Up',
  labels: {},
  createdAt: null,
  user: '',
  memoryLimitBytes: null,
  restartPolicy: 'no',
  usernsMode: '',
  networkOf: null,
  mounts: [mount],
};

t.test('helpers are not part of an inventory, and their mounts are no use of a volume', (t) => {
  const helpers = ['stowage.installation', 'stowage.job'].map((label) => ({
    ...container,
    id: label,
    labels: { [label]: 'x' },
  }));
  const rows = toInventoryRows({
    volumes: { asked: null, found: [volume] },
    containers: { asked: null, found: [container, ...helpers] },
    drivers: null,
  });
  t.same(rows.containerIds, ['c1']);
  t.match(rows.mounts, [{ container_id: 'c1', volume_name: 'data', target: '/data' }]);
  t.same(rows.mountedNames, ['data']);
  t.end();
});

t.test('a target counts once', (t) => {
  const twice = { ...container, mounts: [mount, { ...mount, readOnly: true }] };
  const { mounts } = toInventoryRows({
    volumes: { asked: [], found: [] },
    containers: { asked: ['c1'], found: [twice] },
    drivers: null,
  });
  t.match(mounts, [{ target: '/data', read_only: true }]);
  t.equal(mounts.length, 1);
  t.end();
});

t.test('only 64 hex digits make a volume anonymous', (t) => {
  t.equal(kindOf('0123456789abcdef'.repeat(4)), 'anonymous');
  for (const name of ['data', '0123456789abcdef', '0123456789ABCDEF'.repeat(4), 'g'.repeat(64)])
    t.equal(kindOf(name), 'named', name);
  t.end();
});
