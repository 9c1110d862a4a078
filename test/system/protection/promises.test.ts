import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';
import { breaks, keeps } from '../findings/verdicts.ts';

const volumes = '/v1/hosts/local/volumes';
const never = { cron: '0 0 1 1 *' };

async function filled(docker: TestDocker, stowage: Stowage, word: string, more: object = {}): Promise<string> {
  const name = docker.name(word);
  await stowage.created('POST', volumes, { name, project: 'shop', ...more });
  await docker.run(name, 'echo data > /data/file');
  return name;
}

t.test('what nothing backs up is a finding, until something does', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_UNCOVERED_SECONDS: '1', STOWAGE_INVENTORY_SECONDS: '2' } });
  const volume = await filled(docker, stowage, 'bare');
  t.match(await stowage.get(`${volumes}/${volume}/protection`), {
    state: 'uncovered',
    sources: [],
    lastBackup: null,
    problems: [/No policy covers it/],
  });
  t.match(await breaks(t, stowage, 'BKP-003', { volume }), { severity: 'medium', project: 'shop' });
  const off = await filled(docker, stowage, 'off', { labels: { 'stowage.backup': 'off' } });
  await keeps(t, stowage, 'BKP-003', { volume: off });
  const asked = await filled(docker, stowage, 'asked', { labels: { 'stowage.policy': 'typo' } });
  t.match(await breaks(t, stowage, 'BKP-003', { volume: asked }), { detail: /asks for the policy "typo"/ });

  await stowage.created('POST', '/v1/policies', {
    name: 'all',
    selector: { names: [docker.name('*')] },
    schedule: never,
  });
  const open = `/v1/findings?rule=BKP-003&volume=${volume}&state=open`;
  await stowage.until(open, ({ items }) => items.length === 0, 30);
  t.match(await stowage.get(`${volumes}/${volume}/protection`), { state: 'waiting', sources: [{ name: 'all' }] });
});

t.test('a promise is broken by time alone, and mended by a backup', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_INVENTORY_SECONDS: '2' } });
  const volume = await filled(docker, stowage, 'late', { class: 'critical' });
  await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
  const kept = await stowage.get(`${volumes}/${volume}/protection`);
  t.match(kept, {
    state: 'protected',
    class: 'critical',
    rpoSeconds: 7200,
    rtoSeconds: 300,
    problems: [],
    lastFailure: null,
  });
  t.match(kept.lastBackup, { snapshot: String, repositoryId: String, takenAt: String });
  t.ok(kept.lastBackup.ageSeconds < 120);
  t.match(kept.copies, { satisfied: false, copies: 2 });
  t.match(await breaks(t, stowage, 'BKP-005', { volume }), { severity: 'info', evidence: { copies: '2' } });
  await keeps(t, stowage, 'BKP-004', { volume });

  await stowage.database.query(`update snapshots set taken_at = now() - interval '3 hours' where volume = '${volume}'`);
  t.match(await stowage.get(`${volumes}/${volume}/protection`), {
    state: 'breached',
    problems: ['The newest good backup is older than the 7200 seconds that are promised.'],
  });
  const finding = await breaks(t, stowage, 'BKP-004', { volume });
  t.match(finding, { severity: 'high', evidence: { rpoSeconds: '7200' } });
  const { items: told } = await stowage.get('/v1/events?types=stowage.finding.opened&limit=500');
  t.ok(
    told.some(({ data }: Answer) => data.finding === finding.id),
    'it is an event, and so goes to webhooks',
  );

  await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
  await stowage.until(`/v1/findings/${finding.id}`, ({ state }) => state === 'resolved', 30);
});

t.test('the promise is that of the strictest policy, else of the class, else twice the interval', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = await filled(docker, stowage, 'promised', { class: 'user' });
  const promise = async () => {
    const { rpoSeconds, rtoSeconds } = await stowage.get(`${volumes}/${volume}/protection`);
    return [rpoSeconds, rtoSeconds];
  };
  t.same(await promise(), [129_600, 3600], 'of the class');
  await stowage.created('POST', '/v1/policies', { name: 'one', schedule: never, rpoSeconds: 600, rtoSeconds: 60 });
  await stowage.created('POST', '/v1/policies', { name: 'two', schedule: never, rpoSeconds: 500 });
  t.same(await promise(), [500, 60]);
  for (const name of ['one', 'two']) await stowage.call('PATCH', `/v1/policies/${name}`, { rpoSeconds: null });
  t.same(await promise(), [129_600, 60]);
  await stowage.call('PATCH', '/v1/data-classes/user', { rpoSeconds: null });
  await stowage.call('PATCH', '/v1/policies/two', { isEnabled: false });
  await stowage.call('PATCH', '/v1/policies/one', { schedule: { cron: '*/10 * * * *' } });
  t.same(await promise(), [1200, 60]);
});

t.test('a drill measures what a restore takes, and one that is too slow or fails breaks the promise', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = await filled(docker, stowage, 'slow', { class: 'critical' });
  await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
  await stowage.finished('POST', `${volumes}/${volume}/restore-drills`, {});
  const { state, lastDrill } = await stowage.get(`${volumes}/${volume}/protection`);
  t.match({ state, lastDrill }, { state: 'protected', lastDrill: { ok: true } });
  await stowage.call('PATCH', '/v1/data-classes/critical', { rtoSeconds: 1 });
  await stowage.database.query('update restore_drills set seconds = 90.4');
  t.match(await stowage.get(`${volumes}/${volume}/protection`), {
    state: 'breached',
    problems: ['A restore took 90 seconds in the last drill; 1 are promised.'],
  });
});

t.test('the list is paged, narrowed and the same over GraphQL', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  // Others stand on the same engine.
  const project = docker.name('project');
  const names = await Promise.all(['a', 'b', 'c', 'd'].map((word) => filled(docker, stowage, word, { project })));
  await stowage.call('PATCH', `${volumes}/${names[0]}`, { class: 'critical' });
  await stowage.finished('POST', `${volumes}/${names[0]}/backups`, {});
  await stowage.created('POST', '/v1/policies', { name: 'b', schedule: never, selector: { names: [names[1]] } });
  const stateOf = async (filter: string) =>
    (await stowage.get(`/v1/protection?project=${project}&${filter}`)).items.map(({ volume }: Answer) => volume);
  t.same(await stateOf('state=uncovered'), names.slice(2).sort());
  t.same(await stateOf('state=waiting'), [names[1]]);
  t.same(await stateOf('state=protected'), [names[0]]);
  t.same(await stateOf('class=critical'), [names[0]]);
  const first = await stowage.get(`/v1/protection?project=${project}&state=uncovered&limit=1`);
  const second = await stowage.get(
    `/v1/protection?project=${project}&state=uncovered&limit=1&cursor=${first.nextCursor}`,
  );
  t.same(
    [...first.items, ...second.items].map(({ volume }) => volume),
    names.slice(2).sort(),
  );
  t.equal(second.nextCursor, null);
  const { data } = await stowage.graphql(
    `{ protection(project: "${project}") { items { volume state lastBackup { snapshot } } }
       volume(host: "local", name: "${names[0]}") { protection { state class } } }`,
  );
  t.same(
    data.protection.items.map(({ volume }: Answer) => volume),
    [...names].sort(),
  );
  t.match(data.volume.protection, { state: 'protected', class: 'critical' });
  t.match(await stowage.call('GET', '/v1/protection?state=fine'), { status: 400, body: { code: 'invalid_input' } });
});
