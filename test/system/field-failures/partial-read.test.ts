import { join } from 'node:path';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test(
  'N5, N6: a backup that could not read everything is neither good nor lost: it is partial, and says which files',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t);
    // The kernel's own file system has a file that nobody can read, not even root: `register`. Made past Stowage, which
    // does not know this type.
    const volume = docker.name('unreadable');
    const options = { type: 'binfmt_misc', device: 'binfmt_misc' };
    await docker.engine.createVolume({ Name: volume, DriverOpts: options });
    await stowage.until(`/v1/volumes?name=${volume}`, ({ items }) => items.length === 1);
    const job = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
    t.match(job, { state: 'failed', error: { code: 'backup_partial', detail: /register/ }, attempts: { length: 1 } });
    const { items } = await stowage.get(`/v1/hosts/local/volumes/${volume}/snapshots`);
    t.match(items, [{ state: 'partial', jobId: job.id }], 'what could be read is kept');

    t.match(await stowage.finished('DELETE', `/v1/hosts/local/volumes/${volume}?confirm=${volume}`), {
      state: 'failed',
      error: { code: 'backup_partial' },
    });
    t.ok(await docker.volumeExists(volume), 'a volume whose last snapshot is not complete is not deleted');

    const { password } = await stowage.post('/v1/repositories/default/password', {});
    const fresh = await startStowage(t, { env: { STOWAGE_REPOSITORY_URL: join(stowage.state, 'repository') } });
    t.equal((await fresh.call('PATCH', '/v1/repositories/default', { password })).status, 200);
    const imported = await fresh.finished('POST', '/v1/repositories/default/imports', {});
    t.equal(imported.state, 'succeeded', imported.error?.detail);
    t.match(
      (await fresh.get('/v1/snapshots')).items,
      [
        { volume, state: 'partial', reason: 'before_delete' },
        { volume, state: 'partial', reason: 'backup' },
      ],
      'the repository itself knows it, also without the database',
    );
  },
);
