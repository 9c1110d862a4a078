import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test('a fresh process is alive and knows its host', async (t) => {
  const stowage = await startStowage(t);
  t.equal((await stowage.call('GET', '/livez', undefined, { authorization: null })).status, 200);
  const { items } = await stowage.get('/v1/hosts');
  t.match(items, [{ name: 'local' }]);
  const metrics = await stowage.until('/metrics', (text) => /^stowage_inventory_syncs_total\{.*\} [1-9]/m.test(text));
  t.match(metrics, /^stowage_operation_duration_seconds_count\{operation="hosts.list",outcome="ok"\} 1$/m);
  t.equal(metrics.match(/^process_resident_memory_bytes /gm)?.length, 1, 'what is of the process is told once');
});

t.test('what is on the host is there for the first request', async (t) => {
  const docker = testDocker(t);
  const volume = docker.name('known');
  await docker.engine.createVolume({ Name: volume });
  const stowage = await startStowage(t);
  t.equal((await stowage.call('GET', `/v1/hosts/local/volumes/${volume}`)).status, 200);
});

t.test('two processes serve one database', async (t) => {
  const first = await startStowage(t);
  const second = await startStowage(t, { database: first.database, state: first.state });
  t.not(first.address, second.address);
  t.same((await second.get('/v1/hosts')).items.length, 1);
});

t.test('a process that is asked to end does so', async (t) => {
  const stowage = await startStowage(t);
  await stowage.stop();
  t.throws(() => process.kill(stowage.pid, 0), { code: 'ESRCH' });
});
