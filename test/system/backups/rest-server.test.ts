import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { extractPackages, fetchPackages } from '../../../src/engine/debian-packages.ts';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';

/** `stowage` with the password `correct`, as htpasswd writes it. */
const htpasswd = 'stowage:{SHA}MXmmXv8lI7veU8mbKZtxnBCjUjU=\n';

async function restServer(): Promise<string> {
  const { cache } = groundOfTests();
  const folder = join(cache, 'rest-server');
  if (!existsSync(folder)) {
    const packages = await fetchPackages({
      cache: join(cache, 'packages'),
      suite: 'sid',
      names: ['restic-rest-server'],
      dependencies: false,
    });
    const unpacked = await mkdtemp(`${folder}-`);
    await extractPackages(packages, unpacked);
    await rename(unpacked, folder);
  }
  return join(folder, 'usr/bin/restic-rest-server');
}

/** Starts a repository server with authentication on a port of this machine. */
async function startRestServer(t: Test, port: number): Promise<ChildProcess> {
  const data = await mkdtemp(join(groundOfTests().folder, 'rest-'));
  await writeFile(join(data, '.htpasswd'), htpasswd);
  const server = spawn(await restServer(), ['--path', data, '--listen', `127.0.0.1:${port}`, '--private-repos'], {
    stdio: 'ignore',
  });
  t.teardown(async () => {
    server.kill('SIGKILL');
    await rm(data, { recursive: true, force: true });
  });
  return server;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.');
  return address.port;
}

t.test('a repository server with a user and a password, right, wrong and away', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const port = await freePort();
  const volume = docker.name('data');
  const copy = docker.name('copy');
  const path = `/v1/hosts/local/volumes/${volume}`;
  const server = { url: `http://127.0.0.1:${port}/stowage/mine/`, username: 'stowage' };
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, 'echo precious > /data/file');
  await stowage.created('POST', '/v1/repositories', { name: 'right', ...server, userPassword: 'correct' });
  await stowage.created('POST', '/v1/repositories', { name: 'wrong', ...server, userPassword: 'incorrect' });
  const { body } = await stowage.call('POST', '/v1/repositories', {
    name: 'x',
    url: `http://stowage:correct@127.0.0.1:${port}/`,
  });
  t.match(body, { code: 'invalid_input' }, 'credentials do not belong in the address');

  const away = await stowage.finished('POST', `${path}/backups`, { repository: 'right' });
  t.match(away, { state: 'failed', error: { code: 'repository_unreachable' } });
  t.equal(away.attempts.length, 3, 'it was tried again');

  await startRestServer(t, port);
  await docker.until(async () => (await fetch(server.url).catch(() => null)) !== null, 20);
  const refused = await stowage.finished('POST', `${path}/backups`, { repository: 'wrong' });
  t.match(refused, { state: 'failed', error: { code: 'repository_credentials_wrong' } });
  t.notOk(JSON.stringify(refused).includes('incorrect'));

  const backup = await stowage.finished('POST', `${path}/backups`, { repository: 'right' });
  t.equal(backup.state, 'succeeded', backup.error?.detail);
  const restore = await stowage.finished('POST', `${path}/restores`, { snapshot: backup.result.snapshot, into: copy });
  t.equal(restore.state, 'succeeded', restore.error?.detail);
  t.equal(await docker.run(copy, 'cat /data/file'), 'precious\n');
});
