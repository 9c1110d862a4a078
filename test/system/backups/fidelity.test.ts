import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { manifest, oddEntries } from '../../machinery/manifest.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test('N13: everything of a volume comes back, its root folder included', async (t) => {
  const stowage = await startStowage(t);
  const docker = testDocker(t);
  const source = docker.name('odd');
  const target = docker.name('again');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: source, project: 'shop', class: 'critical' });
  await docker.run(source, oddEntries);
  const before = await docker.run(source, manifest);
  t.match(before, /sparse-kept/, 'the manifest sees sparse files');
  t.match(before, /user\.stowage/, 'the manifest sees extended attributes');
  t.match(before, /user:1000:rw/, 'the manifest sees ACLs');

  const backup = await stowage.finished('POST', `/v1/hosts/local/volumes/${source}/backups`, {});
  t.equal(backup.state, 'succeeded', backup.error?.detail);
  t.match(backup.result, { files: Number, bytesRead: Number, bytesAdded: Number, seconds: Number, outageSeconds: 0 });

  const restore = await stowage.finished('POST', `/v1/hosts/local/volumes/${source}/restores`, {
    snapshot: backup.result.snapshot,
    into: target,
  });
  docker.willRemoveVolume(target);
  t.equal(restore.state, 'succeeded', restore.error?.detail);
  t.equal(await docker.run(target, manifest), before);
  t.match(await stowage.get(`/v1/hosts/local/volumes/${target}`), { project: 'shop', class: 'critical' });
});

t.test(
  'a restore in place sets back what changed, also under the same size and time, and removes what is new',
  async (t) => {
    const stowage = await startStowage(t);
    const docker = testDocker(t);
    const volume = docker.name('inplace');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
    await docker.run(volume, oddEntries);
    const before = await docker.run(volume, manifest);
    const { result } = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
    await docker.run(
      volume,
      `cd /data; printf X | dd of=random bs=1 seek=1000 conv=notrunc 2>/dev/null; touch -d '2005-05-05 05:05:05' random
     rm hard2 'name with spaces'; echo new > new; chmod 0777 plain; chown 5:5 mode0600; rm -r deep`,
    );
    t.not(await docker.run(volume, manifest), before);

    const restore = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/restores`, {
      snapshot: result.snapshot,
      inPlace: true,
      confirm: volume,
    });
    t.equal(restore.state, 'succeeded', restore.error?.detail);
    t.match(restore.result, { safetySnapshot: String, stoppedContainers: [], outageSeconds: 0 });
    t.equal(await docker.run(volume, manifest), before);
  },
);
