import { join } from 'node:path';
import t from 'tap';
import { damageRepository } from '../../machinery/damage-repository.ts';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';
import { breaks, keeps } from '../findings/verdicts.ts';

const volumes = '/v1/hosts/local/volumes';
const checks = '/v1/repositories/default/checks';
const repository = '/v1/repositories/default';

async function backedUp(docker: TestDocker, stowage: Stowage, word: string, bytes: number) {
  const volume = docker.name(word);
  await stowage.created('POST', volumes, { name: volume });
  await docker.run(volume, `head -c ${bytes} /dev/urandom > "/data/the file"; echo ${word} > /data/word`);
  const { result } = await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
  return { volume, snapshot: result.snapshot as string };
}

t.test('a repository is read part by part, until all of it was read', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  t.match(await stowage.get(repository), { check: null });
  await backedUp(docker, stowage, 'some', 3_000_000);
  const first = await stowage.finished('POST', checks, { parts: 2 });
  t.match(first, { kind: 'repository_check', state: 'succeeded', volume: null });
  t.match(await stowage.get(repository), {
    check: { ok: true, part: 1, parts: 2, partsRead: 1, allReadSince: null, problems: [], damagedSnapshots: [] },
  });
  const { data } = await stowage.graphql(
    'mutation { checkRepository(input: { repository: "default", parts: 2 }) { id } }',
  );
  t.equal((await stowage.waitForJob(data.checkRepository.id)).state, 'succeeded');
  const shown = await stowage.graphql(
    '{ repository(repository: "default") { check { ok part partsRead allReadSince } } }',
  );
  t.match(shown.data.repository.check, { ok: true, part: 2, partsRead: 2, allReadSince: String });
  await stowage.finished('POST', checks, { parts: 1 });
  t.match(await stowage.get(repository), { check: { part: 1, parts: 1, partsRead: 1, allReadSince: String } });
  t.match(await stowage.call('POST', checks, { parts: 0 }), { status: 400, body: { code: 'invalid_input' } });
});

t.test('damage is told with the snapshots, files and volumes that it concerns', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_JOB_ATTEMPTS: '1' } });
  const large = await backedUp(docker, stowage, 'large', 30_000_000);
  const small = await backedUp(docker, stowage, 'small', 100_000);
  await damageRepository(join(stowage.state, 'repository'));
  const job = await stowage.finished('POST', checks, { parts: 1 });
  t.match(job, { state: 'failed', error: { code: 'repository_damaged' } });
  t.match(job.error.detail, large.snapshot.slice(0, 8));
  const { check } = await stowage.get(repository);
  t.match(check, { ok: false, damagedSnapshots: [large.snapshot], problems: [/^pack [0-9a-f]{64}/] });
  t.equal(check.damagedSnapshots.length, 1);
  t.ok(
    check.damagedFiles.some((file: string) => file.endsWith(`${large.volume}/the file`)),
    check.damagedFiles[0],
  );

  const finding = await breaks(t, stowage, 'BKP-001', { volume: large.volume });
  t.match(finding, {
    severity: 'critical',
    evidence: { snapshots: large.snapshot.slice(0, 8), repositories: 'default' },
  });
  await keeps(t, stowage, 'BKP-001', { volume: small.volume });
  const events = (await stowage.get('/v1/events?limit=500')).items;
  t.ok(
    events.some(
      ({ type, data }: { type: string; data: { rule?: string } }) => /opened/.test(type) && data.rule === 'BKP-001',
    ),
  );

  await stowage.finished('DELETE', `/v1/snapshots/${large.snapshot}?confirm=${large.snapshot}`, undefined);
  await stowage.until(`/v1/findings/${finding.id}`, ({ state }) => state === 'resolved', 60);
});

t.test('checks come by themselves, each of the next part', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_CHECK_SECONDS: '2', STOWAGE_CHECK_PARTS: '3' } });
  await backedUp(docker, stowage, 'watched', 1_000_000);
  await stowage.until(repository, ({ check }) => check !== null && check.allReadSince !== null, 90);
  const { items } = await stowage.get('/v1/jobs?kind=repository_check');
  t.ok(items.length >= 3);
  t.match(items[0], { requestedBy: 'system' });
});
