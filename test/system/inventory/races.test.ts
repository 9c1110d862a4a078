import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Engine } from '../../../src/engine/engine.ts';
import { inventoryOf } from '../../../src/hosts/inventory.ts';
import { refreshVolume } from '../../../src/hosts/read.ts';
import { findVolume } from '../../../src/volumes/store.ts';
import { testDocker } from '../../machinery/docker.ts';
import { dropVolume, makeVolume } from '../../machinery/engine-user.ts';
import { openInventoryPorts } from '../../machinery/inventory-ports.ts';

/** An engine whose next answer to one method is held back after the engine has given it. */
function holdBack(method: 'listVolumes' | 'findVolume') {
  const answered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  let first = true;
  const around = (engine: Engine): Engine => ({
    ...engine,
    [method]: async (name: string) => {
      const answer = await engine[method](name);
      if (!first) return answer;
      first = false;
      answered.resolve();
      await release.promise;
      return answer;
    },
  });
  return { around, answered: answered.promise, release: () => release.resolve() };
}

t.test('a full list that was taken before a volume was made does not delete the volume', async (t) => {
  const docker = testDocker(t);
  const name = docker.name('new');
  const { around, answered, release } = holdBack('listVolumes');
  const watcher = await openInventoryPorts(t, { around });
  const other = await openInventoryPorts(t, { database: watcher.database });

  const listing = inventoryOf(watcher, 'local').refreshAll();
  await answered;
  await makeVolume(name);
  const written = refreshVolume(other, 'local', name);
  await sleep(100);
  release();
  await Promise.all([listing, written]);
  t.match(await findVolume(other.db, 'local', name), { name });
});

t.test('a look that saw a volume before it was removed does not bring it back', async (t) => {
  const docker = testDocker(t);
  const name = await makeVolume(docker.name('old'));
  const { around, answered, release } = holdBack('findVolume');
  const watcher = await openInventoryPorts(t, { around });
  const other = await openInventoryPorts(t, { database: watcher.database });

  const looking = refreshVolume(watcher, 'local', name);
  await answered;
  await dropVolume(name);
  const removed = refreshVolume(other, 'local', name);
  await sleep(100);
  release();
  await Promise.all([looking, removed]);
  t.equal(await findVolume(other.db, 'local', name), null);
});

t.test('a wish that comes while a look goes on is met by a later look', async (t) => {
  const docker = testDocker(t);
  const name = docker.name('late');
  const { around, answered, release } = holdBack('listVolumes');
  const ports = await openInventoryPorts(t, { around });

  const listing = inventoryOf(ports, 'local').refreshAll();
  await answered;
  await makeVolume(name);
  const wishes = [1, 2, 3].map(() => refreshVolume(ports, 'local', name));
  release();
  await Promise.all([listing, ...wishes]);
  t.match(await findVolume(ports.db, 'local', name), { name });
});

t.test('many writers of one volume leave the tables as the engine is', async (t) => {
  const docker = testDocker(t);
  const name = docker.name('busy');
  const database = (await openInventoryPorts(t)).database;
  const replicas = await Promise.all([1, 2, 3].map(() => openInventoryPorts(t, { database })));
  for (let round = 0; round < 10; round += 1) {
    const isThere = round % 2 === 0;
    if (isThere) await makeVolume(name);
    else await dropVolume(name);
    await Promise.all(
      replicas.flatMap((ports) => [refreshVolume(ports, 'local', name), inventoryOf(ports, 'local').refreshAll()]),
    );
    for (const { db } of replicas) t.equal((await findVolume(db, 'local', name)) !== null, isThere, `round ${round}`);
  }
});

t.test('a volume that was removed and made again under its name is another one', async (t) => {
  const docker = testDocker(t);
  const name = await makeVolume(docker.name('again'), { made: 'first' });
  const ports = await openInventoryPorts(t);
  await refreshVolume(ports, 'local', name);
  const before = await findVolume(ports.db, 'local', name);
  await ports.db.volume.updateMany({ where: { name }, data: { assignedProject: 'shop', project: 'shop' } });
  await inventoryOf(ports, 'local').refreshAll();
  t.match(
    await findVolume(ports.db, 'local', name),
    { id: before?.id, project: 'shop' },
    'it stays what it is as long as it is there',
  );

  await dropVolume(name);
  await makeVolume(name, { made: 'second' });
  await refreshVolume(ports, 'local', name);
  const after = await findVolume(ports.db, 'local', name);
  t.match(after, { project: null, labels: { made: 'second' } });
  t.not(after?.id, before?.id);
});
