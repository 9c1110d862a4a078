import { Readable } from 'node:stream';
import Docker from 'dockerode';
import t from 'tap';
import { requireUnused } from '../../../src/backups/volume-in-use.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { EngineVolume } from '../../../src/engine/engine-objects.ts';
import { connectEngines } from '../../../src/engine/engines.ts';
import { inventoryOf } from '../../../src/hosts/inventory.ts';
import { ensureHost } from '../../../src/hosts/read.ts';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { dropContainer } from '../../machinery/engine-user.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { openInventoryPorts } from '../../machinery/inventory-ports.ts';
import { startOldestEngine } from '../../machinery/oldest-engine.ts';
import { startStowage } from '../../machinery/stowage.ts';

/** An image without anything in it. */
const emptyArchive = () => Readable.from([Buffer.alloc(1024)]);

/** A driver of a cluster would be seen by every engine of this machine: only what an engine says of the driver is made up. */
function inCluster(engine: Engine, name: string): Engine {
  const made = (volume: EngineVolume): EngineVolume =>
    volume.name === name ? { ...volume, driver: 'cluster', scope: 'global', options: {} } : volume;
  return {
    ...engine,
    listVolumes: async () => (await engine.listVolumes()).map(made),
    findVolume: async (wanted) => {
      const found = await engine.findVolume(wanted);
      return found === null ? null : made(found);
    },
    listContainers: async () =>
      (await engine.listContainers()).map((container) => ({
        ...container,
        mounts: container.mounts.map((mount) => (mount.volume === name ? { ...mount, driver: 'cluster' } : mount)),
      })),
  };
}

t.test('N24: a volume whose data is used on another host neither goes nor is deleted', async (t) => {
  const docker = testDocker(t);
  const [exported, clustered] = [docker.name('exported'), docker.name('clustered')];
  const label = docker.name('label');
  const DriverOpts = { type: 'nfs', o: 'addr=192.0.2.1,ro', device: `:/export/${exported}` };
  await docker.engine.createVolume({ Name: exported, DriverOpts, Labels: { [label]: '' } });
  await docker.engine.createVolume({ Name: clustered });
  const { endpoint } = await startOldestEngine(t);
  const second = new Docker({ socketPath: new URL(endpoint).pathname });
  for await (const _ of await second.importImage(emptyArchive(), { repo: 'empty' }));
  await second.createVolume({ Name: 'mirror', DriverOpts: { ...DriverOpts, o: 'addr=nas' } });
  await second.createVolume({ Name: clustered });
  const mounting = (Source: string, Target: string) => ({ Type: 'volume' as const, Source, Target, ReadOnly: true });
  const reader = await second.createContainer({
    name: 'reader',
    Image: 'empty',
    Cmd: ['/none'],
    HostConfig: { Mounts: [mounting('mirror', '/a'), mounting(clustered, '/b')] },
  });

  const stowage = await startStowage(t);
  const { db, locks, notices } = await openInventoryPorts(t, { database: stowage.database });
  const hosts = [
    { name: 'local', endpoint: groundOfTests().dockerHost },
    { name: 'second', endpoint },
  ];
  const both = connectEngines(hosts, { helperImage: async () => '', installation: 'test' });
  t.teardown(() => both.close());
  const made = new Map(hosts.map(({ name }) => [name, inCluster(both.get(name), clustered)]));
  const engines = { ...both, get: (host: string) => made.get(host) ?? both.get(host) };
  await ensureHost({ db }, { name: 'second', endpoint });
  await inventoryOf({ db, locks, notices, engines }, 'second').refreshAll();
  const seen = ({ items }: Answer) => items.length === 1 && items[0].inUse;
  await stowage.until('/v1/volumes?host=second&name=mirror', seen, 20);

  const volumes = { label: [label], all: true };
  const reasons = ['Containers use the same data, as volume "mirror" of host "second": reader.'];
  const plan = await stowage.created('POST', '/v1/hosts/local/prune-plans', { volumes });
  t.match(plan.items.items, [{ id: exported, action: 'keep', reasons }]);
  const { data } = await stowage.graphql(
    `mutation { createPrunePlan(input: { host: "local", volumes: { label: ["${label}"], all: true } }) { items { items { id action reasons } } } }`,
  );
  t.same(data.createPrunePlan.items.items, [{ id: exported, action: 'keep', reasons }]);

  // A driver of a cluster removes the data for all; both engines are asked what is so now.
  const ports = { db, engines, vault: { installation: 'test' } };
  const check = () => requireUnused(ports, engines.get('local'), clustered);
  await t.rejects(check(), { code: 'volume_in_use', message: /host "second": reader \(created\)/ });
  await dropContainer(reader);
  await t.resolves(check(), 'nobody has it any more');
  const alone = { ...ports, engines: { ...engines, names: () => ['local'] } };
  const lastKnown = { code: 'volume_in_use', message: /host "second": reader\./ };
  await t.rejects(requireUnused(alone, engines.get('local'), clustered), lastKnown, 'where it cannot be asked');
});
