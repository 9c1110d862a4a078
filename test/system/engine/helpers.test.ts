import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import type { Engine } from '../../../src/engine/engine.ts';
import { connectEngines } from '../../../src/engine/engines.ts';
import type { HelperLine, HelperSpec } from '../../../src/engine/helper.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startEngineProxy } from '../../machinery/engine-proxy.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';

const secret = 'correct-horse-battery-staple';

function connect(t: Test, endpoint = groundOfTests().dockerHost): Engine {
  const { helperImage } = groundOfTests();
  const engines = connectEngines([{ name: 'local', endpoint }], {
    helperImage: async () => helperImage,
    installation: 'test',
  });
  t.teardown(() => engines.close());
  return engines.get('local');
}

function specOf(script: string, changes: Partial<HelperSpec> = {}): HelperSpec {
  const name = `t${randomBytes(6).toString('hex')}`;
  const common = { labels: {}, environment: {}, mounts: [], capabilities: [], network: null, secrets: false };
  return { ...common, name, command: ['/bin/sh', '-c', script], ...changes };
}

/** Creates a helper that is removed with the test. */
async function createHelper(t: Test, engine: Engine, spec: HelperSpec): Promise<string> {
  const { id } = await engine.createHelper(spec);
  t.teardown(() => engine.removeHelper(id));
  return id;
}

async function linesOf(
  engine: Engine,
  id: string,
  onLine: (line: HelperLine) => void = () => undefined,
): Promise<HelperLine[]> {
  const lines: HelperLine[] = [];
  for await (const line of engine.helperLines(id, new AbortController().signal)) {
    lines.push(line);
    onLine(line);
  }
  return lines;
}

const ending = () => AbortSignal.timeout(60_000);
const textsOf = (lines: readonly HelperLine[], stream: HelperLine['stream']) =>
  lines.filter((line) => line.stream === stream).map((line) => line.text);

t.test('secrets reach a helper, and stand in nothing that the engine shows of it', async (t) => {
  const docker = testDocker(t);
  const engine = connect(t);
  const script =
    'sha256sum /run/stowage/password; echo "$TOKEN" | sha256sum; stat -c %a /run/stowage /run/stowage/password';
  const id = await createHelper(t, engine, specOf(script, { secrets: true }));
  await engine.startHelper(id, { password: secret, env: `TOKEN='${secret}'\n` });
  const lines = textsOf(await linesOf(engine, id), 'stdout');
  t.equal(await engine.waitHelper(id, ending()), 0);
  t.match(lines.slice(-4), [/^[0-9a-f]{64} .*password$/, /^[0-9a-f]{64}/, '700', '400']);

  const shown = JSON.stringify([
    await docker.engine.getContainer(id).inspect(),
    await docker.engine.listContainers({ all: true }),
  ]);
  t.notOk(shown.includes(secret));
});

t.test('a helper that is started twice is started once', async (t) => {
  const engine = connect(t);
  const id = await createHelper(t, engine, specOf('cat /run/stowage/password; sleep 1', { secrets: true }));
  await Promise.all([engine.startHelper(id, { password: 'first' })]);
  await engine.startHelper(id, { password: 'second' });
  t.ok(textsOf(await linesOf(engine, id), 'stdout').includes('first'));
});

t.test('a name is given to one helper only', async (t) => {
  const engine = connect(t);
  const spec = specOf('exit 0');
  await createHelper(t, engine, spec);
  await t.rejects(engine.createHelper(spec), { code: 'engine_error' });
});

t.test('a volume that a helper mount made is labelled so, one that was there is not', async (t) => {
  const docker = testDocker(t);
  const engine = connect(t);
  const [gone, there] = [docker.name('gone'), docker.name('there')];
  await engine.createVolume({ name: there, driver: 'local', options: {}, labels: { mine: 'yes' } });
  const mounts = [gone, there].map((source) => ({
    type: 'volume' as const,
    source,
    target: `/volumes/${source}`,
    readOnly: true,
  }));
  const spec = specOf('exit 0', { mounts });
  const id = await createHelper(t, engine, spec);
  t.same((await engine.findVolume(gone))?.labels, { 'stowage.phantom': spec.name });
  t.same((await engine.findVolume(there))?.labels, { mine: 'yes' });
  await engine.removeHelper(id);
});

t.test('a missing host path is an error, and is not made', async (t) => {
  const engine = connect(t);
  const mounts = [{ type: 'bind' as const, source: '/no/such/path', target: '/data', readOnly: false }];
  await t.rejects(engine.createHelper(specOf('exit 0', { mounts })), {
    code: 'engine_error',
    message: /no\/such\/path/,
  });
});

t.test('a helper has no network, no capabilities and a root that cannot be written', async (t) => {
  const engine = connect(t);
  const id = await createHelper(
    t,
    engine,
    specOf(
      'grep CapEff /proc/self/status; ls /sys/class/net; touch /file || echo read-only; touch /tmp/file && echo scratch',
    ),
  );
  await engine.startHelper(id, null);
  t.same(textsOf(await linesOf(engine, id), 'stdout'), ['CapEff:\t0000000000000000', 'lo', 'read-only', 'scratch']);
});

t.test('lines come whole: long ones, both streams, the last without its end; then the exit code', async (t) => {
  const engine = connect(t);
  const script = 'head -c 100001 /dev/zero | tr "\\0" x; echo; echo complaint >&2; printf unfinished; exit 3';
  const id = await createHelper(t, engine, specOf(script));
  await engine.startHelper(id, null);
  const lines = await linesOf(engine, id);
  t.same(
    textsOf(lines, 'stdout').map(({ length }) => length),
    [100_001, 'unfinished'.length],
  );
  t.same(textsOf(lines, 'stderr'), ['complaint']);
  t.equal(await engine.waitHelper(id, ending()), 3);
  t.match(await engine.findHelper(id), { state: 'exited', exitCode: 3, finishedAt: Date });
  t.same(textsOf(await linesOf(engine, id), 'stdout').at(-1), 'unfinished', 'they can be read again afterwards');
});

t.test('a stream that breaks is read on without a line lost or given twice', async (t) => {
  const proxy = await startEngineProxy(t);
  const engine = connect(t, proxy.endpoint);
  const id = await createHelper(
    t,
    engine,
    specOf('for i in $(seq 600); do echo line $i; [ $((i % 10)) = 0 ] && sleep 0.05; done; exit 7'),
  );
  await engine.startHelper(id, null);
  const exitCode = engine.waitHelper(id, ending());
  let seen = 0;
  const lines = await linesOf(engine, id, () => {
    seen += 1;
    if (seen % 150 === 0) proxy.cut();
  });
  t.same(
    textsOf(lines, 'stdout'),
    Array.from({ length: 600 }, (_, index) => `line ${index + 1}`),
  );
  t.equal(await exitCode, 7);
});

t.test('a helper that is killed or removed ends the waiting', async (t) => {
  const engine = connect(t);
  const killed = await createHelper(t, engine, specOf('sleep 100'));
  await engine.startHelper(killed, null);
  const exitCode = engine.waitHelper(killed, ending());
  await engine.killHelper(killed);
  await engine.killHelper(killed);
  t.equal(await exitCode, 137);
  await engine.removeHelper(killed);
  await engine.removeHelper(killed);
  t.equal(await engine.findHelper(killed), null);
  await t.rejects(engine.waitHelper(killed, ending()), { code: 'helper_interrupted' });
  t.same(await linesOf(engine, killed), []);
});

t.test('standard output as a stream: large, paced by its reader, without a log on the host', async (t) => {
  const docker = testDocker(t);
  const engine = connect(t);
  const script = 'cat /run/stowage/password > /dev/null; head -c 50000000 /dev/zero; echo aside >&2';
  const id = await createHelper(t, engine, specOf(script, { secrets: true, streamed: true }));
  let bytes = 0;
  for await (const chunk of await engine.streamHelper(id, { password: secret })) bytes += chunk.length;
  t.equal(bytes, 50_000_000);
  t.match(await docker.engine.getContainer(id).inspect(), { HostConfig: { LogConfig: { Type: 'none' } } });
});

t.test('a stream whose helper fails does not end well', async (t) => {
  const engine = connect(t);
  const id = await createHelper(t, engine, specOf('echo part; echo "no such file" >&2; exit 1', { streamed: true }));
  await t.rejects(text(await engine.streamHelper(id, null)), {
    code: 'helper_failed',
    message: /exit code 1: no such file/,
  });
});
