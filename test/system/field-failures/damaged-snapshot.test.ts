import { join } from 'node:path';
import t from 'tap';
import { damageRepository } from '../../machinery/damage-repository.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test(
  'N11, N12: a restore from a damaged snapshot fails, and leaves the volume and its containers as they were',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t, { env: { STOWAGE_JOB_ATTEMPTS: '1' } });
    const volume = docker.name('kept');
    const copy = docker.name('copy');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
    await docker.run(volume, 'head -c 30000000 /dev/urandom > /data/file; echo old > /data/state');
    const { result } = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
    await docker.run(
      volume,
      'head -c 30000000 /dev/urandom > /data/file; echo new > /data/state; sha256sum /data/* > /data/.sums',
    );
    await damageRepository(join(stowage.state, 'repository'));
    const user = await docker.container({ volume, script: 'while :; do sleep 0.1; done', stopTimeout: 1 });

    const inPlace = { snapshot: result.snapshot, inPlace: true, confirm: volume };
    const job = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/restores`, inPlace);
    t.match(job, { state: 'failed', error: { code: 'restore_failed' } });
    t.match(await docker.run(volume, 'sha256sum -c /data/.sums; cat /data/state'), /file: OK\n.*state: OK\nnew/);
    t.equal((await user.inspect()).State.Running, true, 'the container runs again');

    const intoNew = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/restores`, {
      snapshot: result.snapshot,
      into: copy,
    });
    t.match(intoNew, { state: 'failed', error: { code: 'restore_failed' } });
    t.notOk(await docker.volumeExists(copy), 'half a volume is not left behind');
    const { items } = await stowage.get(`/v1/jobs/${job.id}/log`);
    t.ok(
      items.some(({ message }: { message: string }) => message.includes('as it was before the restore')),
      'the log tells what was done',
    );
  },
);
