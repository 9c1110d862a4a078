import t from 'tap';
import type { Engine } from '../../../src/engine/engine.ts';
import type { EngineContainer, EngineMount, EngineVolume } from '../../../src/engine/engine-objects.ts';
import { inventoryOf } from '../../../src/hosts/inventory.ts';
import { openInventoryPorts } from '../../machinery/inventory-ports.ts';

const volumesCount = 5_000;
const containersCount = 1_000;
const mountsEach = 3;

const volumes = Array.from({ length: volumesCount }, (_, index): EngineVolume => {
  const labels = { 'com.docker.compose.project': `project-${index % 50}` };
  const mountpoint = `/var/lib/docker/volumes/volume-${index}/_data`;
  return {
    name: `volume-${index}`,
    driver: 'local',
    scope: 'local',
    mountpoint,
    options: {},
    labels,
    createdAt: new Date(),
  };
});

const containers = Array.from({ length: containersCount }, (_, index): EngineContainer => {
  const mounts = Array.from({ length: mountsEach }, (_, number) =>
    mountOf(`volume-${index * mountsEach + number}`, number),
  );
  const id = String(index).padStart(64, '0');
  return {
    id,
    name: `app-${index}`,
    image: 'app',
    imageId: 'app',
    state: 'running',
    status: 'Up',
    labels: {},
    createdAt: new Date(),
    user: '',
    memoryLimitBytes: null,
    restartPolicy: 'no',
    usernsMode: '',
    networkOf: null,
    mounts,
  };
});

function mountOf(volume: string, number: number): EngineMount {
  const common = {
    driver: 'local',
    mode: '',
    readOnly: false,
    propagation: '',
    selinux: null,
    noCopy: false,
    subpath: null,
    tmpfs: null,
  };
  return { ...common, type: 'volume', source: `/${volume}`, target: `/data-${number}`, volume };
}

t.test('a host with 5,000 volumes is listed with a fixed number of statements', async (t) => {
  const around = (engine: Engine): Engine => ({
    ...engine,
    listVolumes: async () => volumes,
    listContainers: async () => containers,
  });
  const ports = await openInventoryPorts(t, { around });
  let statements = 0;
  ports.db.$on('query', () => {
    statements += 1;
  });

  for (const what of ['first', 'unchanged']) {
    statements = 0;
    await inventoryOf(ports, 'local').refreshAll();
    t.ok(statements < 20, `${what} list: ${statements} statements`);
  }
  t.equal(await ports.db.volume.count(), volumesCount);
  t.equal(
    await ports.db.mount.count({ where: { volumeId: { not: null }, project: { not: null } } }),
    containersCount * mountsEach,
  );
});
