import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test(
  'N21: after the loss of the database the snapshots are back with volume, project, reason and time',
  async (t) => {
    const docker = testDocker(t);
    const lost = await startStowage(t);
    const repository = docker.name('repository');
    const volume = docker.name('orders');
    const path = `/v1/hosts/local/volumes/${volume}`;
    const spec = { name: 'safe', volume: repository };
    await lost.created('POST', '/v1/repositories', spec);
    await lost.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop' });
    await docker.run(volume, 'echo first > /data/file');
    const first = await lost.finished('POST', `${path}/backups`, { repository: 'safe' });
    t.equal(first.state, 'succeeded', first.error?.detail);
    await docker.run(volume, 'echo second > /data/file');
    const request = { snapshot: first.result.snapshot, inPlace: true, confirm: volume };
    t.equal((await lost.finished('POST', `${path}/restores`, request)).state, 'succeeded');
    const known = (await lost.get('/v1/snapshots')).items;
    t.equal(known.length, 2);
    const { password } = await lost.post('/v1/repositories/safe/password', {});
    await lost.stop();
    // The volume is gone too, so that nothing but the repository can tell its project.
    await docker.removeVolume(volume);

    const fresh = await startStowage(t);
    await fresh.created('POST', '/v1/repositories', { ...spec, password });
    const imported = await fresh.finished('POST', '/v1/repositories/safe/imports', {});
    t.match(imported, { state: 'succeeded', result: { snapshotsAdded: 2 } }, imported.error?.detail);
    const found = (await fresh.get('/v1/snapshots')).items;
    const essence = ({
      id,
      host,
      volume: name,
      project,
      reason,
      state,
      path: folder,
      jobId,
      files,
      bytes,
      bytesAdded,
    }: Record<string, unknown>) => ({
      id,
      host,
      name,
      project,
      reason,
      state,
      folder,
      jobId,
      files,
      bytes,
      bytesAdded,
    });
    t.same(found.map(essence), known.map(essence));
    for (const [index, { takenAt }] of found.entries())
      t.ok(Math.abs(Date.parse(takenAt) - Date.parse(known[index].takenAt)) < 5000, 'at the same time');
    const back = await fresh.finished('POST', `${path}/restores`, { snapshot: found[0].id, into: volume });
    t.equal(back.state, 'succeeded', back.error?.detail);
    t.equal(await docker.run(volume, 'cat /data/file'), 'second\n');
    t.match(await fresh.get(path), { project: 'shop' });
    const next = await fresh.finished('POST', `${path}/backups`, { repository: 'safe' });
    t.equal(next.state, 'succeeded', 'backups go on in it');
  },
);
