import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { watchHosts } from '../../../src/hosts/watcher.ts';
import { findVolume } from '../../../src/volumes/store.ts';
import { testDocker } from '../../machinery/docker.ts';
import { makeVolume } from '../../machinery/engine-user.ts';
import { type InventoryPorts, openInventoryPorts } from '../../machinery/inventory-ports.ts';

/** Starts to watch, and counts how often the events of the engine are asked for. */
async function startWatcher(t: Parameters<typeof openInventoryPorts>[0], database?: InventoryPorts['database']) {
  const counts = { streams: 0 };
  const ports = await openInventoryPorts(t, {
    ...(database === undefined ? {} : { database }),
    around: (engine) => ({
      ...engine,
      events: (since, signal) => {
        counts.streams += 1;
        return engine.events(since, signal);
      },
    }),
  });
  const ending = new AbortController();
  const watching = watchHosts(ports, ending.signal);
  const stop = async () => {
    ending.abort();
    await watching;
  };
  t.teardown(stop);
  return { ports, counts, stop };
}

async function eventually(check: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const giveUpAt = Date.now() + seconds * 1000;
  while (Date.now() < giveUpAt) {
    if (await check()) return true;
    await sleep(50);
  }
  return false;
}

t.test('of two replicas one watches a host, and the other takes over when it ends', async (t) => {
  const docker = testDocker(t);
  const first = await startWatcher(t);
  t.ok(await eventually(async () => first.counts.streams === 1, 10), 'the first one watches');
  const second = await startWatcher(t, first.ports.database);
  await sleep(500);
  t.equal(second.counts.streams, 0, 'the second one waits');

  await first.stop();
  t.ok(await eventually(async () => second.counts.streams === 1, 10), 'the second one takes over');
  const name = await makeVolume(docker.name('handed-over'));
  t.ok(
    await eventually(async () => (await findVolume(second.ports.db, 'local', name)) !== null, 5),
    'and follows the events',
  );
});

t.test('readers are told when something changed', async (t) => {
  const docker = testDocker(t);
  const { ports, counts } = await startWatcher(t);
  t.ok(await eventually(async () => counts.streams === 1, 10));
  const ending = new AbortController();
  t.teardown(() => ending.abort());
  await sleep(500);
  const notices = ports.notices.subscribe('inventory', 'local', ending.signal)[Symbol.asyncIterator]();
  const next = notices.next();
  await makeVolume(docker.name('told'));
  t.match(await next, { value: { topic: 'inventory', id: 'local' } });
});
