import { join } from 'node:path';
import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { damageRepository } from '../../machinery/damage-repository.ts';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';
import { breaks, keeps } from '../findings/verdicts.ts';

const volumes = '/v1/hosts/local/volumes';

async function backedUp(docker: TestDocker, stowage: Stowage, word: string, bytes = 1_000_000): Promise<string> {
  const volume = docker.name(word);
  await stowage.created('POST', volumes, { name: volume, project: 'shop' });
  await docker.run(volume, `head -c ${bytes} /dev/urandom > /data/file; chown 999:999 /data/file; chmod 0700 /data`);
  await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
  return volume;
}

/** Volumes of drills that are there. */
async function scratch({ engine }: TestDocker, id: string): Promise<number> {
  const { Volumes } = await engine.listVolumes();
  return Volumes.filter(({ Name }) => Name === `stowage-drill-${id}`).length;
}

t.test('a snapshot is restored for a try, timed, and leaves nothing behind', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = await backedUp(docker, stowage, 'tried');
  const drills = `${volumes}/${volume}/restore-drills`;
  t.same((await stowage.get(drills)).items, []);
  const job = await stowage.finished('POST', drills, {});
  t.match(job, { kind: 'restore_drill', state: 'succeeded', volume, project: 'shop', result: { files: 1 } });
  t.equal(await scratch(docker, job.id), 0);
  const [snapshot] = (await stowage.get(`${volumes}/${volume}/snapshots`)).items;
  const { items } = await stowage.get(drills);
  t.match(items, [{ id: job.id, ok: true, error: null, snapshot: snapshot.id, bytes: 1_000_000, files: 1 }]);
  t.ok(items[0].seconds > 0);

  const query = `mutation { createRestoreDrill(input: { host: "local", name: "${volume}", snapshot: "${snapshot.id}" }) { id } }`;
  const { data } = await stowage.graphql(query);
  t.equal((await stowage.waitForJob(data.createRestoreDrill.id)).state, 'succeeded');
  const shown = await stowage.graphql(
    `{ restoreDrills(host: "local", name: "${volume}") { items { id ok seconds } } }`,
  );
  t.match(shown.data.restoreDrills.items, [{ id: data.createRestoreDrill.id, ok: true }, { id: job.id }]);
  await keeps(t, stowage, 'BKP-002', { volume });
  t.same((await stowage.get('/v1/events?volume=nobody')).items, []);

  const empty = docker.name('empty');
  await stowage.created('POST', volumes, { name: empty });
  t.match(await stowage.call('POST', `${volumes}/${empty}/restore-drills`, {}), {
    status: 404,
    body: { code: 'snapshot_not_found' },
  });
  t.match(await stowage.call('POST', `${volumes}/${empty}/restore-drills`, { snapshot: snapshot.id }), {
    status: 404,
    body: { code: 'snapshot_not_found' },
  });
});

t.test('a drill of a damaged snapshot fails, and is a finding until one ends well', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_JOB_ATTEMPTS: '1' } });
  const volume = await backedUp(docker, stowage, 'damaged', 30_000_000);
  await damageRepository(join(stowage.state, 'repository'));
  const job = await stowage.finished('POST', `${volumes}/${volume}/restore-drills`, {});
  t.match(job, { state: 'failed', error: { code: 'restore_failed' } });
  t.equal(await scratch(docker, job.id), 0, 'the scratch volume is gone all the same');
  const finding = await breaks(t, stowage, 'BKP-002', { volume });
  t.match(finding, { severity: 'critical', evidence: { job: job.id, code: 'restore_failed' } });

  await docker.run(volume, 'head -c 2000000 /dev/urandom > /data/file');
  await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
  t.match(await stowage.finished('POST', `${volumes}/${volume}/restore-drills`, {}), { state: 'succeeded' });
  await stowage.until(`/v1/findings/${finding.id}`, ({ state }) => state === 'resolved', 60);
});

t.test('a drill survives the death of the control plane, and leaves nothing when it is canceled', async (t) => {
  const docker = testDocker(t);
  const first = await startStowage(t);
  const volume = await backedUp(docker, first, 'killed', 50_000_000);
  const drills = `${volumes}/${volume}/restore-drills`;
  const job = await first.accepted('POST', drills, {});
  const helper = await docker.pauseHelper(job.id, 'drill');
  await first.kill();
  await helper.unpause();
  const second = await startStowage(t, { database: first.database, state: first.state });
  t.match(await second.waitForJob(job.id, 90), { state: 'succeeded', attempts: [{ number: 1 }] });
  t.equal(await scratch(docker, job.id), 0);

  const other = await second.accepted('POST', drills, {});
  await docker.pauseHelper(other.id, 'drill');
  await second.post(`/v1/jobs/${other.id}/cancel`, {});
  t.match(await second.waitForJob(other.id, 60), { state: 'canceled' });
  t.equal(await scratch(docker, other.id), 0);
  t.equal((await second.get(drills)).items.length, 1, 'a canceled one says nothing of the snapshot');
});

t.test('drills come by themselves where that is asked for', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_DRILL_SECONDS: '3' } });
  const names = [await backedUp(docker, stowage, 'one'), await backedUp(docker, stowage, 'two')];
  for (const name of names)
    await stowage.until(`${volumes}/${name}/restore-drills`, ({ items }) => items.length >= 2, 90);
  const { items } = await stowage.get('/v1/jobs?kind=restore_drill&state=failed');
  t.same(
    items.map(({ error }: Answer) => error),
    [],
  );
});
