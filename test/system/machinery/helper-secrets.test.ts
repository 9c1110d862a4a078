import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import t from 'tap';
import type { Engine } from '../../../src/engine/engine.ts';
import { connectEngines } from '../../../src/engine/engines.ts';
import type { HelperSpec } from '../../../src/engine/helper.ts';
import { dockerOf, newFolder, startEngine, timedHelperImage } from './own-engine.ts';

const secrets = { password: 'open-sesame-1', env: "TOKEN='open-sesame-2'\n" };
const patience = () => AbortSignal.timeout(30_000);

t.test('secrets of a helper', async (t) => {
  const folder = await newFolder(t);
  const { endpoint } = await startEngine(t, join(folder, 'engine'));
  const { image } = await timedHelperImage(endpoint, join(folder, 'helper'));
  const hosts = [{ name: 'local', endpoint }];
  const engines = connectEngines(hosts, { installation: 'machinery', helperImage: async () => image });
  t.teardown(engines.close);
  const engine = engines.get('local');
  const docker = dockerOf(t, endpoint);

  await t.test('reach its files and its environment, and are not in what an inspect shows', async (t) => {
    const { id } = await engine.createHelper(helper('sees', 'cat /run/stowage/password && echo && echo "$TOKEN"'));
    await engine.startHelper(id, secrets);
    t.same(await linesOf(engine, id), ['{"stowage":"ready"}', 'open-sesame-1', 'open-sesame-2']);
    t.equal(await engine.waitHelper(id, patience()), 0);
    t.notMatch(JSON.stringify(await docker.getContainer(id).inspect()), 'open-sesame');
  });

  await t.test('leave a stream of data as it is', async (t) => {
    const { id } = await engine.createHelper({ ...helper('streams', 'printf data'), streamed: true });
    t.equal((await buffer(await engine.streamHelper(id, secrets))).toString(), 'data');
  });

  await t.test('are not waited for where there are none', async (t) => {
    const { id } = await engine.createHelper({ ...helper('without', 'echo plain'), secrets: false });
    await engine.startHelper(id, null);
    t.same(await linesOf(engine, id), ['plain']);
  });

  await t.test('that are cut off, at whatever place, keep the command from running', async (t) => {
    const { pack } = await import('tar-stream');
    const tar = pack();
    for (const [name, content] of Object.entries(secrets)) tar.entry({ name }, content);
    tar.finalize();
    const whole = await buffer(tar);
    // Nothing, in a header, between two files, before the end of the archive.
    for (const length of [0, 300, 1024, 2048]) {
      const { id } = await engine.createHelper(helper(`cut-${length}`, 'echo ran'));
      const container = docker.getContainer(id);
      const socket = await container.attach({ stream: true, stdin: true, hijack: true });
      await container.start();
      socket.end(whole.subarray(0, length));
      t.equal(await engine.waitHelper(id, patience()), 64, `after ${length} of ${whole.length} bytes`);
      t.notOk((await linesOf(engine, id)).includes('ran'));
    }
  });

  await t.test('that never come end the helper after a minute', { timeout: 90_000 }, async (t) => {
    const { id } = await engine.createHelper(helper('waits', 'echo ran'));
    const container = docker.getContainer(id);
    const socket = await container.attach({ stream: true, stdin: true, hijack: true });
    t.teardown(() => socket.end());
    await container.start();
    t.equal(await engine.waitHelper(id, AbortSignal.timeout(80_000)), 64);
  });
});

function helper(name: string, script: string): HelperSpec {
  const nothing = { labels: {}, environment: {}, mounts: [], capabilities: [], network: null };
  return { ...nothing, name, command: ['sh', '-c', script], secrets: true };
}

async function linesOf(engine: Engine, id: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { text } of engine.helperLines(id, patience())) lines.push(text);
  return lines;
}
