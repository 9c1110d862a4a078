import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import type { Engine } from '../../../src/engine/engine.ts';
import { connectEngines } from '../../../src/engine/engines.ts';
import type { HelperSpec } from '../../../src/engine/helper.ts';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';

const memoryBytes = 256 * 1024 ** 2;

function connect(t: Test): Engine {
  const { dockerHost: endpoint } = groundOfTests();
  const engines = connectEngines([{ name: 'local', endpoint }], {
    // It is not to be asked for.
    helperImage: async () => 'no-such-image',
    installation: 'test',
  });
  t.teardown(() => engines.close());
  return engines.get('local');
}

function specOf(script: string, volume: string, volumes: readonly string[]): HelperSpec {
  return {
    name: `t${randomBytes(6).toString('hex')}`,
    labels: { 'stowage.step': 'serve' },
    command: ['sh', '-c', script],
    environment: { WORD: 'given' },
    mounts: [{ type: 'volume', source: volume, target: '/var/lib/data', readOnly: false }],
    capabilities: ['CHOWN'],
    network: 'host',
    secrets: false,
    foreign: { image: groundOfTests().helperImage, volumes, memoryBytes },
  };
}

t.test('a program of another image runs alone: no network, little memory, no capability but those given', async (t) => {
  const docker = testDocker(t);
  const engine = connect(t);
  const volume = docker.name('data');
  await docker.engine.createVolume({ Name: volume });
  const script =
    'ls /sys/class/net; echo "$WORD"; grep CapEff /proc/self/status; id -u; echo x > /var/lib/data/file; df /declared | tail -n 1';
  const declared = ['/declared', '/var/lib/data/'];
  const { id } = await engine.createHelper(specOf(script, volume, declared));
  t.teardown(() => engine.removeHelper(id));
  const inspected = await docker.engine.getContainer(id).inspect();
  t.match(inspected.HostConfig, {
    NetworkMode: 'none',
    Memory: memoryBytes,
    MemorySwap: memoryBytes,
    CapDrop: ['ALL'],
  });
  t.match(inspected.Config.Labels, { 'stowage.installation': 'test', 'stowage.step': 'serve' });
  t.equal(
    inspected.Mounts.filter(({ Type }: { Type: string }) => Type === 'volume').length,
    1,
    'no volume without a name',
  );
  await engine.startHelper(id, null);
  const lines: string[] = [];
  for await (const { text } of engine.helperLines(id, AbortSignal.timeout(60_000))) lines.push(text);
  t.equal(await engine.waitHelper(id, AbortSignal.timeout(60_000)), 0);
  t.same(lines.slice(0, 2), ['lo', 'given']);
  t.match(lines[2], /0{15}1$/, 'CHOWN alone');
  t.equal(lines[3], '0');
  t.match(lines[4], /tmpfs/);
  t.ok(
    (await engine.listHelpers()).some((helper) => helper.id === id),
    'what removes helpers finds it',
  );
  t.equal(await docker.run(volume, 'cat /data/file'), 'x\n');
});

t.test('an image that is not there is told', async (t) => {
  const docker = testDocker(t);
  const engine = connect(t);
  const volume = docker.name('data');
  await docker.engine.createVolume({ Name: volume });
  const spec = specOf('true', volume, []);
  const foreign = { image: `sha256:${'0'.repeat(64)}`, volumes: [], memoryBytes };
  await t.rejects(engine.createHelper({ ...spec, foreign }), { code: 'image_not_found' });
});
