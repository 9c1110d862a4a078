import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { connectEngines } from '../../../src/engine/engines.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';

/** The test engine, whose inspects of a container never end: as while the container is in a mount that hangs. */
async function engineWhoseInspectsHang(t: Test): Promise<string> {
  const { folder, dockerHost } = groundOfTests();
  const directory = await mkdtemp(join(folder, 'proxy-'));
  const socketPath = join(directory, 'docker.sock');
  const server = createServer((question, answer) => {
    if (/\/containers\/\w+\/json/.test(question.url ?? '')) return;
    const { method, url: path, headers } = question;
    const asked = request({ socketPath: new URL(dockerHost).pathname, method, path, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      given.pipe(answer);
    });
    question.pipe(asked);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  t.teardown(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(directory, { recursive: true, force: true });
  });
  return `unix://${socketPath}`;
}

t.test('helpers are listed although one hangs in a mount', async (t) => {
  const { dockerHost, helperImage } = groundOfTests();
  const endpoint = await engineWhoseInspectsHang(t);
  const hosts = [
    { name: 'whole', endpoint: dockerHost },
    { name: 'hanging', endpoint },
  ];
  const engines = connectEngines(hosts, { helperImage: async () => helperImage, installation: 'test' });
  t.teardown(() => engines.close());
  const whole = engines.get('whole');
  const { id, name } = await whole.createHelper({
    name: `hanging-${process.pid}`,
    labels: { 'stowage.step': 'x' },
    command: ['sleep', '60'],
    environment: {},
    mounts: [],
    capabilities: [],
    network: null,
    secrets: false,
  });
  t.teardown(() => whole.removeHelper(id));
  const startedAt = Date.now();
  const helpers = await engines.get('hanging').listHelpers();
  t.match(
    helpers.find((helper) => helper.id === id),
    { name, state: 'created', labels: { 'stowage.step': 'x' }, createdAt: Date },
  );
  t.ok(Date.now() - startedAt < 5000);
  await whole.startHelper(id, null);
  const [running] = (await whole.listHelpers()).filter((helper) => helper.id === id);
  t.equal(running?.state, 'running');
});
