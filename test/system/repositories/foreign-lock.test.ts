import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import t from 'tap';
import { helperHostname } from '../../../src/engine/helper.ts';
import { openVault } from '../../../src/vault.ts';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';

const password = 'the password of the repository';

t.test('an exclusive lock of somebody who lives is named and stays; a dead one of our own is removed', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const [repository, volume] = [docker.name('repository'), docker.name('data')];
  await stowage.created('POST', '/v1/repositories', { name: 'safe', volume: repository, password });
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, 'head -c 5000000 /dev/urandom > /data/file');
  const backUp = (seconds?: number) =>
    stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, { repository: 'safe' }, seconds);
  const locks = async () => Number(await docker.run(repository, 'ls /data/locks | wc -l'));

  /** A restic that checks the repository alone, as slowly as it can, on a machine of this name. */
  async function checkSlowly(hostname: string): Promise<Docker.Container> {
    const script = `RESTIC_PASSWORD='${password}' exec restic --repo /data --no-cache --limit-download 1 check --read-data`;
    const container = await docker.engine.createContainer({
      Image: groundOfTests().helperImage,
      Hostname: hostname,
      Entrypoint: ['/bin/sh', '-c'],
      Cmd: [script],
      HostConfig: { NetworkMode: 'none', Mounts: [{ Type: 'volume', Source: repository, Target: '/data' }] },
    });
    t.teardown(() => container.remove({ force: true }));
    await container.start();
    await docker.until(async () => (await locks()) === 1, 30);
    return container;
  }
  t.match(await backUp(), { state: 'succeeded' });

  const alice = await checkSlowly('alice-pc');
  const refused = await backUp();
  t.match(refused, { state: 'failed', error: { code: 'repository_locked', detail: /alice-pc/ } });
  t.equal(refused.attempts.length, 3, 'it was waited for');
  const { items } = await stowage.get(`/v1/jobs/${refused.id}/log?limit=500`);
  const said = items.map(({ message }: { message: string }) => message).join('\n');
  t.match(said, /locked by root on "alice-pc" \(process \d+, exclusively, since /);
  t.equal((await alice.inspect()).State.Running, true, 'she works on');
  t.equal(await locks(), 1, 'and keeps her lock');
  await alice.kill();
  await alice.wait();
  await docker.run(repository, 'rm /data/locks/*');
  t.match(await backUp(), { state: 'succeeded' }, 'once she has ended it goes on');

  const key = Buffer.from((await readFile(join(stowage.state, 'master.key'), 'utf8')).trim(), 'base64');
  const own = await checkSlowly(helperHostname(openVault(key).installation));
  await own.kill();
  await own.wait();
  t.equal(await locks(), 1, 'the dead one has left its lock');
  const after = await backUp();
  t.match(after, { state: 'succeeded' }, after.error?.detail);
  t.equal(after.attempts.length, 2);
  t.equal(await locks(), 0);
});
