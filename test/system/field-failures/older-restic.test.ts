import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { manifest, oddEntries } from '../../machinery/manifest.ts';
import { helperWithResticOf } from '../../machinery/older-restic.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test('N17: the oldest supported restic does all that the newest is asked for', async (t) => {
  const docker = testDocker(t);
  const archive = await helperWithResticOf(t, 'trixie');
  const stowage = await startStowage(t, { env: { STOWAGE_HELPER_ARCHIVE: archive } });
  const volume = docker.name('odd');
  const path = `/v1/hosts/local/volumes/${volume}`;
  await stowage.created('POST', '/v1/repositories', { name: 'second', volume: docker.name('second') });
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, oddEntries);
  const before = await docker.run(volume, manifest);
  const done = async (method: 'POST' | 'DELETE', address: string, body?: object) => {
    const job = await stowage.finished(method, address, body);
    t.equal(job.state, 'succeeded', `${method} ${address}: ${job.error?.detail}`);
    return job.result;
  };

  const { snapshot, copyJobs } = await done('POST', `${path}/backups`, { copyTo: ['second'] });
  t.equal((await stowage.waitForJob(copyJobs[0])).state, 'succeeded');
  await done('POST', '/v1/repositories/default/tests', {});
  t.match((await stowage.get('/v1/repositories/default')).test, { ok: true, resticVersion: /^0\.18\./ });
  await done('POST', '/v1/repositories/default/measurements', {});
  t.match(await done('POST', '/v1/repositories/default/imports', {}), { snapshotsFound: 1, snapshotsAdded: 0 });
  t.ok((await stowage.get(`/v1/snapshots/${snapshot}/entries`)).items.length > 5);

  const copy = docker.name('copy');
  await done('POST', `${path}/restores`, { snapshot, into: copy });
  t.equal(await docker.run(copy, manifest), before);
  await docker.run(volume, 'rm -r /data/deep; echo new > /data/new; chmod 0777 /data/plain');
  const { safetySnapshot } = await done('POST', `${path}/restores`, { snapshot, inPlace: true, confirm: volume });
  t.equal(await docker.run(volume, manifest), before);
  await done('DELETE', `/v1/snapshots/${safetySnapshot}?confirm=${safetySnapshot}`);

  const wrong = { name: 'wrong', volume: docker.name('second'), password: 'a wrong password' };
  await stowage.created('POST', '/v1/repositories', wrong);
  t.match(await stowage.finished('POST', '/v1/repositories/wrong/tests', {}), {
    state: 'failed',
    error: { code: 'repository_password_wrong' },
  });
});

t.test('N17: an older restic is refused at the start, with the remedy', async (t) => {
  const archive = await helperWithResticOf(t, 'bookworm');
  const start = startStowage(t, { env: { STOWAGE_HELPER_ARCHIVE: archive } });
  await t.rejects(start, /ended with 1 before it was ready/);
});
