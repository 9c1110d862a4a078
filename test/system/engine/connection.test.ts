import { createServer } from 'node:net';
import t, { type Test } from 'tap';
import type { Engine } from '../../../src/engine/engine.ts';
import { connectEngines } from '../../../src/engine/engines.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startEngineProxy } from '../../machinery/engine-proxy.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';

function connect(t: Test, endpoint: string): Engine {
  const engines = connectEngines([{ name: 'far', endpoint }], {
    helperImage: async () => 'stowage-no-such-image:1',
    installation: 'test',
  });
  t.teardown(() => engines.close());
  return engines.get('far');
}

t.test('an engine that is not there, or hangs, is named', async (t) => {
  for (const endpoint of ['unix:///no/such/docker.sock', 'tcp://127.0.0.1:1'])
    await t.rejects(connect(t, endpoint).listVolumes(), { code: 'host_unavailable', message: /host "far"/ }, endpoint);

  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.teardown(() => silent.close());
  const listening = silent.address();
  const port = typeof listening === 'object' && listening !== null ? listening.port : 0;
  const startedAt = Date.now();
  await t.rejects(connect(t, `tcp://127.0.0.1:${port}`).info(), { code: 'host_unavailable', message: /in time/ });
  t.ok(Date.now() - startedAt < 12_000);
});

t.test('an endpoint of another kind is refused, an unknown host too', async (t) => {
  const options = { helperImage: async () => '', installation: 'test' };
  t.throws(() => connectEngines([{ name: 'a', endpoint: 'ftp://host' }], options), {
    code: 'engine_setup_unavailable',
  });
  t.throws(() => connectEngines([], options).get('nowhere'), { code: 'host_not_found' });
});

t.test('what is asked of an engine answers with its own codes', async (t) => {
  const docker = testDocker(t);
  const engine = connect(t, groundOfTests().dockerHost);
  const name = docker.name('data');
  const spec = { name, driver: 'local', options: {}, labels: {} };
  t.match(await engine.info(), { version: String, apiVersion: /^\d+\.\d+$/, storageDriver: String, rootFolder: /^\// });
  t.equal(await engine.findVolume(name), null);
  t.equal(await engine.findContainer('no-such-container'), null);
  await t.rejects(engine.removeVolume(name), { code: 'volume_not_found' });
  await t.rejects(engine.startContainer('no-such-container'), { code: 'container_not_found' });
  await t.rejects(engine.createVolume({ ...spec, options: { nonsense: 'x' } }), {
    code: 'volume_options_invalid',
    message: /nonsense/,
  });
  await t.rejects(engine.createVolume({ ...spec, driver: 'no-such-driver' }), { code: 'volume_options_invalid' });
  t.equal(await engine.findVolume(name), null, 'what was refused leaves nothing behind');

  t.match(await engine.createVolume(spec), { name, driver: 'local', mountpoint: String, createdAt: Date });
  const user = await docker.container({ volume: name, script: 'sleep 100' });
  await t.rejects(engine.removeVolume(name), { code: 'volume_in_use' });
  await engine.pauseContainer(user.id);
  await engine.pauseContainer(user.id);
  t.match(await engine.findContainer(user.id), { state: 'paused', mounts: [{ volume: name, target: '/data' }] });
  await engine.startContainer(user.id);
  await engine.startContainer(user.id);
  t.match(await engine.findContainer(user.id), { state: 'running' });
  await engine.stopContainer(user.id);
  await engine.stopContainer(user.id);
  t.match(await engine.findContainer(user.id), { state: 'exited' });
  await engine.stopContainer('no-such-container');
  const helper = {
    labels: {},
    command: ['true'],
    environment: {},
    mounts: [],
    capabilities: [],
    network: null,
    secrets: false,
  };
  await t.rejects(engine.createHelper({ ...helper, name: docker.name('helper') }), { code: 'helper_image_missing' });
});

t.test('the stream of events tells what happened, and says when it breaks', async (t) => {
  const docker = testDocker(t);
  const proxy = await startEngineProxy(t);
  const engine = connect(t, proxy.endpoint);
  const name = docker.name('data');
  const ending = new AbortController();
  const events = engine.events(new Date(Date.now() - 1_000), ending.signal)[Symbol.asyncIterator]();
  await engine.createVolume({ name, driver: 'local', options: {}, labels: {} });
  let event = (await events.next()).value;
  while (event?.id !== name) event = (await events.next()).value;
  t.match(event, { type: 'volume', action: 'create', at: Date });

  const next = events.next();
  proxy.cut();
  await t.rejects(next, { code: 'host_unavailable' });
  const again = engine.events(new Date(), ending.signal)[Symbol.asyncIterator]();
  const last = again.next();
  ending.abort();
  t.match(await last, { done: true }, 'an abort is no error');
});
