import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { fail } from '../../../src/errors.ts';
import { evaluateHost } from '../../../src/findings/evaluate-host.ts';
import { keepFindings } from '../../../src/findings/read.ts';
import { inventoryOf } from '../../../src/hosts/inventory.ts';
import { noteConnected } from '../../../src/hosts/store.ts';
import type { Answer } from '../../machinery/api-client.ts';
import type { TestDatabase } from '../../machinery/database.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startEngineProxy } from '../../machinery/engine-proxy.ts';
import { dropContainer, startApp } from '../../machinery/engine-user.ts';
import { type InventoryPorts, openInventoryPorts } from '../../machinery/inventory-ports.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { binds, folder } from './pairs.ts';

/** An odd tmpfs: MNT-009. */
const faulty = { HostConfig: { Tmpfs: { '/odd': '' } } };

async function lookAround(ports: InventoryPorts): Promise<void> {
  await noteConnected(ports.db, 'local', await ports.engines.get('local').info());
  await inventoryOf(ports, 'local').refreshAll();
}

/** Rules of the findings of a container with their states. */
async function findingsOf({ query }: TestDatabase, container: string): Promise<string[]> {
  const rows = await query('select rule, state from findings where container_id = $1 order by rule, state', [
    container,
  ]);
  return rows.map(({ rule, state }) => `${rule} ${state}`);
}

t.test('replicas that judge a host at once open, keep and resolve each finding once', async (t) => {
  const one = await openInventoryPorts(t);
  const two = await openInventoryPorts(t, { database: one.database });
  const app = await startApp(t, faulty);
  await lookAround(one);
  const judgeTogether = async () => {
    const changes = await Promise.all([one, two, one, two].map((ports) => evaluateHost(ports, 'local')));
    return changes.reduce((sum, change) => sum + (change?.opened ?? 0) + (change?.resolved ?? 0), 0);
  };
  const count = async (state: string) =>
    (await one.database.query('select count(*)::int as count from findings where state = $1', [state]))[0].count;
  t.equal(await judgeTogether(), await count('open'));
  t.same(await findingsOf(one.database, app.id), ['MNT-009 open']);
  t.equal(await judgeTogether(), 0, 'what is still there is neither opened nor resolved again');
  await dropContainer(app);
  await inventoryOf(two, 'local').refresh([], [app.id]);
  await judgeTogether();
  t.same(await findingsOf(one.database, app.id), ['MNT-009 resolved']);
});

t.test('findings of a host that is away stay as they were, and are judged again when it is back', async (t) => {
  const docker = testDocker(t);
  const proxy = await startEngineProxy(t);
  const stowage = await startStowage(t, { env: { DOCKER_HOST: proxy.endpoint, STOWAGE_INVENTORY_SECONDS: '1' } });
  const [leaves, stays] = [await startApp(t, faulty), await startApp(t, faulty)];
  const at = (id: string) => `/v1/findings?container=${id}&rule=MNT-009`;
  const isThere = ({ items }: Answer) => items.length > 0;
  for (const { id } of [leaves, stays]) await stowage.until(at(id), isThere, 30);
  const [kept] = (await stowage.get(at(stays.id))).items;

  proxy.away();
  await stowage.until('/v1/hosts/local', ({ state }) => state === 'unreachable', 20);
  await dropContainer(leaves);
  const missed = await startApp(t, faulty);
  await sleep(2_500);
  for (const { id } of [leaves, stays]) t.match((await stowage.get(at(id))).items, [{ state: 'open' }]);
  const { data } = await stowage.graphql(`{ finding(finding: "${kept.id}") { state version container { id } } }`);
  t.same(data.finding, { state: 'open', version: kept.version, container: { id: stays.id } });

  proxy.back();
  await stowage.until(at(leaves.id), ({ items }) => items[0].state === 'resolved', 30);
  await stowage.until(at(missed.id), isThere, 30);
  t.match((await stowage.get(at(stays.id))).items, [{ id: kept.id, state: 'open', version: kept.version }]);
  await docker.until(async () => (await stowage.get('/v1/hosts/local')).error === null, 10);
});

/** Keeps findings as a watcher does until the question is answered with yes. */
async function keepUntil(t: Test, ports: InventoryPorts, question: () => Promise<boolean>): Promise<void> {
  const end = new AbortController();
  const kept = keepFindings(ports, 'local', end.signal);
  try {
    await testDocker(t).until(question, 30);
  } finally {
    end.abort();
    await kept;
  }
}

t.test('while no helper can look at paths, what is known of them counts, and everything else is judged', async (t) => {
  let isBroken = false;
  const ports = await openInventoryPorts(t, {
    environment: { STOWAGE_INVENTORY_SECONDS: '1' },
    around: (engine) => ({
      ...engine,
      createHelper: async (spec) => {
        if (isBroken) throw fail('helper_image_missing', 'The helper image is gone.');
        return await engine.createHelper(spec);
      },
    }),
  });
  const base = await folder(t);
  const [gone, sound] = [join(base, 'gone'), join(base, 'sound')];
  for (const path of [gone, sound]) await mkdir(path);
  const first = await startApp(t, { User: '1000:1000', ...binds(`${gone}:/data:ro`) });
  const second = await startApp(t, { User: '1000:1000', ...binds(`${sound}:/data:ro`) });
  await rmdir(gone);
  await lookAround(ports);
  const has = async (id: string, finding: string) => (await findingsOf(ports.database, id)).includes(finding);
  await keepUntil(t, ports, () => has(first.id, 'MNT-005 open'));
  t.same(await findingsOf(ports.database, second.id), []);

  isBroken = true;
  await mkdir(gone);
  await rmdir(sound);
  const third = await startApp(t, faulty);
  await inventoryOf(ports, 'local').refresh([], [third.id]);
  await keepUntil(t, ports, () => has(third.id, 'MNT-009 open'));
  t.same(await findingsOf(ports.database, first.id), ['MNT-005 open'], 'not resolved without a look');
  t.same(await findingsOf(ports.database, second.id), [], 'not opened without a look');

  isBroken = false;
  await keepUntil(t, ports, () => has(second.id, 'MNT-005 open'));
  t.same(await findingsOf(ports.database, first.id), ['MNT-005 resolved']);
});
