import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

/** Flips bytes in the middle of the largest pack of a repository, which holds file contents. */
async function damage(repository: string): Promise<void> {
  const files = await readdir(join(repository, 'data'), { recursive: true });
  const sizes = await Promise.all(
    files.map(async (file) => ({ file, size: (await stat(join(repository, 'data', file))).size })),
  );
  const largest = sizes.filter(({ file }) => file.length > 60).sort((one, other) => other.size - one.size)[0];
  if (largest === undefined) throw new Error('The repository has no packs.');
  const handle = await open(join(repository, 'data', largest.file), 'r+');
  await handle.write(Buffer.alloc(1_000_000, 7), 0, 1_000_000, Math.floor(largest.size / 2) - 500_000);
  await handle.close();
}

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
    await damage(join(stowage.state, 'repository'));
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
