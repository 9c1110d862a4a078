import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { freePort } from '../../machinery/servers/debian-root.ts';
import { startRestServer } from '../../machinery/servers/rest-server.ts';
import { startSftpServer } from '../../machinery/servers/sftp-server.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { keepsSecrets, worksWith } from './works-with.ts';

t.test('a repository in a Docker volume tells how much room it has', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('repository');
  const repository = await worksWith(t, stowage, docker, { name: 'here', volume });
  t.match(repository, {
    kind: 'volume',
    medium: 'disk',
    offSite: false,
    location: { host: 'local', volume, s3: null },
  });
  t.ok(repository.statistics.totalBytes > repository.statistics.freeBytes);
  t.ok(repository.statistics.freeBytes > 0);
});

t.test('a repository server with a user and a password, right, wrong and away', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const port = await freePort();
  const server = { url: `http://127.0.0.1:${port}/stowage/mine/`, username: 'stowage' };
  const { body } = await stowage.call('POST', '/v1/repositories', {
    name: 'x',
    url: `http://stowage:correct@127.0.0.1:${port}/`,
  });
  t.match(body, { code: 'invalid_input' }, 'credentials do not belong in the address');
  await stowage.created('POST', '/v1/repositories', { name: 'away', ...server, userPassword: 'incorrect' });
  const volume = docker.name('data');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  const away = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, { repository: 'away' });
  t.match(away, { state: 'failed', error: { code: 'repository_unreachable' } });
  t.equal(away.attempts.length, 3, 'it was tried again');

  await startRestServer(t, { port });
  const refused = await stowage.finished('POST', '/v1/repositories/away/tests', {});
  t.match(refused, { state: 'failed', error: { code: 'repository_credentials_wrong' } });
  const { version, test } = await stowage.get('/v1/repositories/away');
  t.match(test, { ok: false, code: 'repository_credentials_wrong' });
  const stale = { 'if-match': `"${version + 7}"` };
  const patch = { username: 'stowage', userPassword: 'correct' };
  t.match(await stowage.call('PATCH', '/v1/repositories/away', patch, stale), { status: 412 });
  t.equal((await stowage.call('PATCH', '/v1/repositories/away', patch, { 'if-match': `"${version}"` })).status, 200);
  const right = await stowage.finished('POST', '/v1/repositories/away/tests', {});
  t.equal(right.state, 'succeeded', right.error?.detail);
  await worksWith(t, stowage, docker, {
    name: 'server',
    ...server,
    userPassword: 'correct',
    url: server.url.replace('mine', 'other'),
  });
  await keepsSecrets(t, stowage, ['incorrect', '"correct"']);
});

t.test('SFTP: only with the key of the server that was given', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const { sftp, privateKey, stop } = await startSftpServer(t);
  const other = await startSftpServer(t);
  const create = (body: object) => stowage.call('POST', '/v1/repositories', { name: 'x', sftp, privateKey, ...body });
  t.match(await create({ privateKey: undefined }), { status: 400, body: { code: 'invalid_input' } });
  t.match(await create({ privateKey: 'not a key' }), { status: 400, body: { code: 'invalid_input' } });
  t.match(await create({ sftp: { ...sftp, knownHosts: 'not a key' } }), {
    status: 400,
    body: { code: 'invalid_input' },
  });
  t.match(await create({ sftp: { ...sftp, knownHosts: other.sftp.knownHosts } }), { status: 400 }, 'of another server');
  t.match(await create({ sftp: { ...sftp, server: '-oProxyCommand=x' } }), { status: 400 });
  t.match(await create({ accessKeyId: 'x' }), { status: 400, body: { code: 'invalid_input' } });

  const repository = await worksWith(t, stowage, docker, { name: 'sftp', sftp, privateKey, offSite: true });
  t.match(repository, { kind: 'sftp', medium: 'disk', offSite: true, location: { sftp, url: null } });

  const patched = await stowage.call('PATCH', '/v1/repositories/sftp', { privateKey: other.privateKey });
  t.equal(patched.status, 200);
  t.match(await stowage.finished('POST', '/v1/repositories/sftp/tests', {}), {
    state: 'failed',
    error: { code: 'repository_credentials_wrong' },
  });
  await stop();
  t.match(await stowage.finished('POST', '/v1/repositories/sftp/tests', {}), {
    state: 'failed',
    error: { code: 'repository_unreachable' },
  });
  await startSftpServer(t, { port: sftp.port });
  t.match(await stowage.finished('POST', '/v1/repositories/sftp/tests', {}), {
    state: 'failed',
    error: { code: 'repository_host_key_wrong' },
  });
  await keepsSecrets(t, stowage, [privateKey.split('\n')[2] ?? '', JSON.stringify(privateKey).slice(1, 80)]);
});
