import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { helperHostname } from '../../../src/engine/helper.ts';
import { openVault } from '../../../src/vault.ts';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';

const password = 'the password of the repository';

t.test('N4: a lock of our own that is dead is removed; one of somebody else is named and stays', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const repository = docker.name('repository');
  const volume = docker.name('data');
  const path = `/v1/hosts/local/volumes/${volume}`;
  await stowage.created('POST', '/v1/repositories', { name: 'safe', volume: repository, password });
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  const backUp = async () =>
    (await stowage.finished('POST', `${path}/backups`, { repository: 'safe' })).result.snapshot as string;
  const remove = (snapshot: string) => stowage.finished('DELETE', `/v1/snapshots/${snapshot}?confirm=${snapshot}`);

  /** A restic that dies in the middle of a backup on a machine of this name. */
  async function dieWithLock(hostname: string): Promise<void> {
    const script = `export RESTIC_PASSWORD='${password}'
      sleep 60 | restic --repo /data --no-cache backup --stdin &
      until [ -n "$(ls /data/locks)" ]; do sleep 0.1; done; sleep 0.5; kill -9 $(pidof restic)`;
    const container = await docker.engine.createContainer({
      Image: groundOfTests().helperImage,
      Hostname: hostname,
      Entrypoint: ['/bin/sh', '-c'],
      Cmd: [script],
      HostConfig: { NetworkMode: 'none', Mounts: [{ Type: 'volume', Source: repository, Target: '/data' }] },
    });
    t.teardown(() => container.remove({ force: true }));
    await container.start();
    await container.wait();
    t.equal((await docker.run(repository, 'ls /data/locks | wc -l')).trim(), '1', 'it has left its lock');
  }

  const first = await backUp();
  const key = Buffer.from((await readFile(join(stowage.state, 'master.key'), 'utf8')).trim(), 'base64');
  await dieWithLock(helperHostname(openVault(key).installation));
  const removed = await remove(first);
  t.equal(removed.state, 'succeeded', removed.error?.detail);
  t.equal(removed.attempts.length, 2, 'the second attempt found whose lock it is');
  t.equal((await docker.run(repository, 'ls /data/locks | wc -l')).trim(), '0');

  const second = await backUp();
  await dieWithLock('alice-pc');
  const refused = await remove(second);
  t.match(refused, { state: 'failed', error: { code: 'repository_locked' } });
  t.match(refused.error.detail, 'alice-pc', 'the failure names who holds the lock');
  const { items } = await stowage.get(`/v1/jobs/${refused.id}/log`);
  t.ok(items.some(({ message }: { message: string }) => message.includes('root on "alice-pc"')));
  t.equal((await docker.run(repository, 'ls /data/locks | wc -l')).trim(), '1', 'it stays');
  t.ok(await backUp(), 'backups go on beside it');
});
