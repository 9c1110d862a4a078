import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { startApp } from '../../machinery/engine-user.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

const volumes = '/v1/hosts/local/volumes';
const env = { STOWAGE_SCHEDULE_SECONDS: '1' };
/** Nothing is due of itself while a test runs. */
const never = { cron: '0 0 1 1 *' };

/** The volumes of this test alone: others stand on the same engine. */
const own = (docker: TestDocker) => ({ names: [docker.name('*')] });

async function filled(docker: TestDocker, stowage: Stowage, word: string, more: object = {}): Promise<string> {
  const name = docker.name(word);
  await stowage.created('POST', volumes, { name, project: 'shop', ...more });
  await docker.run(name, 'echo data > /data/file');
  return name;
}

const backupsOf = async (stowage: Stowage, volume: string) =>
  (await stowage.get(`/v1/jobs?kind=volume_backup&volume=${volume}`)).items;

/** As if nobody had looked since then. */
async function missedSince({ database }: Stowage, policy: string, seconds: number): Promise<void> {
  await database.query(
    `update backup_policies set next_run_at = now() - interval '${seconds} seconds' where name = '${policy}'`,
  );
}

t.test('a policy backs up what it selects when its time has come', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env });
  const chosen = await filled(docker, stowage, 'chosen');
  const other = await filled(docker, stowage, 'other', { project: 'blog' });
  const policy = await stowage.created('POST', '/v1/policies', {
    name: 'each-minute',
    selector: own(docker),
    project: 'shop',
    schedule: { cron: '* * * * *', timeZone: 'Europe/Berlin' },
  });
  t.match(policy, {
    isEnabled: true,
    selector: { ...own(docker), hosts: null, anonymous: false },
    jitterSeconds: 0,
    repositoryId: null,
    lastRunAt: null,
    version: 1,
  });
  t.ok(new Date(policy.nextRunAt).getTime() - Date.now() <= 60_000);
  const latest = await filled(docker, stowage, 'latest');
  for (const name of [chosen, latest]) {
    const { items } = await stowage.until(
      `/v1/jobs?kind=volume_backup&volume=${name}`,
      (page) => page.items.length > 0,
      80,
    );
    t.match(await stowage.waitForJob(items[0].id), { state: 'succeeded', project: 'shop', requestedBy: 'system' });
  }
  t.same(await backupsOf(stowage, other), [], 'of another project');
  const { lastRunAt, nextRunAt } = await stowage.get('/v1/policies/each-minute');
  t.ok(new Date(nextRunAt) > new Date(lastRunAt));
  const shown = await stowage.graphql(
    '{ policy(policy: "each-minute") { name lastRunAt schedule { cron timeZone } } }',
  );
  t.match(shown.data.policy, {
    name: 'each-minute',
    lastRunAt,
    schedule: { cron: '* * * * *', timeZone: 'Europe/Berlin' },
  });
});

t.test('of runs that were missed one is caught up, by one of two replicas', async (t) => {
  const docker = testDocker(t);
  const first = await startStowage(t, { env });
  const second = await startStowage(t, { env, database: first.database, state: first.state });
  const names = await Promise.all([1, 2, 3].map((n) => filled(docker, first, `missed-${n}`)));
  await first.created('POST', '/v1/policies', {
    name: 'hourly',
    selector: own(docker),
    schedule: { cron: '0 * * * *' },
  });
  await missedSince(first, 'hourly', 5 * 3600);
  await second.until('/v1/policies/hourly', ({ lastRunAt }) => lastRunAt !== null, 20);
  for (const name of names) {
    const jobs = await backupsOf(second, name);
    t.equal(jobs.length, 1, name);
    await second.waitForJob(jobs[0].id);
  }
  t.ok(new Date((await first.get('/v1/policies/hourly')).nextRunAt) > new Date());
});

t.test(
  'a clock that was set back, or a policy that is switched on again, does not wait for the old time',
  async (t) => {
    const stowage = await startStowage(t, { env });
    await stowage.created('POST', '/v1/policies', { name: 'hourly', schedule: { cron: '0 * * * *' } });
    await missedSince(stowage, 'hourly', -86_400 * 30);
    const soon = ({ nextRunAt }: Answer) => new Date(nextRunAt).getTime() < Date.now() + 3_600_001;
    await stowage.until('/v1/policies/hourly', soon, 20);
    await stowage.call('PATCH', '/v1/policies/hourly', { isEnabled: false });
    await missedSince(stowage, 'hourly', 3600);
    const again = await stowage.call('PATCH', '/v1/policies/hourly', { isEnabled: true });
    t.ok(new Date(again.body.nextRunAt) > new Date(), 'what it missed while it was off is not caught up');
  },
);

t.test('a run that hangs is not joined by a second one', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env });
  const volume = await filled(docker, stowage, 'hanging');
  await stowage.created('POST', '/v1/policies', { name: 'p', selector: own(docker), schedule: never });
  const { jobs } = await stowage.post('/v1/policies/p/runs', {});
  t.equal(jobs.length, 1);
  const helper = await docker.pauseHelper(jobs[0], 'backup');
  const second = await stowage.post('/v1/policies/p/runs', {});
  t.match(second, { policy: 'p', jobs: [], skipped: [`local/${volume}: job ${jobs[0]} is still under way`] });
  await helper.unpause();
  t.match(await stowage.waitForJob(jobs[0]), { state: 'succeeded' });
  const third = await stowage.graphql('mutation { runPolicy(input: { policy: "p" }) { jobs skipped } }');
  t.equal(third.data.runPolicy.jobs.length, 1);
  t.match(await stowage.waitForJob(third.data.runPolicy.jobs[0]), { state: 'succeeded' });
});

t.test('two policies on one volume at one time take turns', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env });
  const volume = await filled(docker, stowage, 'both');
  for (const name of ['one', 'two'])
    await stowage.created('POST', '/v1/policies', { name, selector: own(docker), schedule: never });
  for (const name of ['one', 'two']) await missedSince(stowage, name, 60);
  const { items } = await stowage.until(
    `/v1/jobs?kind=volume_backup&volume=${volume}`,
    (page) => page.items.length === 2,
    20,
  );
  for (const { id } of items) t.match(await stowage.waitForJob(id), { state: 'succeeded' });
});

t.test('labels of a volume and of its containers say what backs it up', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env });
  const labelled = await filled(docker, stowage, 'labelled', { labels: { 'stowage.policy': 'gold' } });
  const off = await filled(docker, stowage, 'off', { labels: { 'stowage.backup': 'off' } });
  const byContainer = await filled(docker, stowage, 'by-container');
  const critical = await filled(docker, stowage, 'critical', { class: 'critical' });
  await startApp(t, {
    Labels: { 'stowage.project': 'shop', 'stowage.policy': 'gold' },
    HostConfig: { Binds: [`${byContainer}:/data`] },
  });
  // It could switch off the backups of others otherwise.
  await startApp(t, {
    Labels: { 'stowage.project': 'blog', 'stowage.backup': 'off' },
    HostConfig: { Binds: [`${labelled}:/data:ro`] },
  });
  await stowage.created('POST', '/v1/policies', { name: 'gold', selector: { names: ['nothing'] }, schedule: never });
  for (const name of [labelled, byContainer])
    await stowage.until(`/v1/hosts/local/containers?volume=${name}`, ({ items }) => items.length === 1, 20);
  const { jobs } = await stowage.post('/v1/policies/gold/runs', {});
  const taken = await Promise.all(jobs.map(async (id: string) => (await stowage.waitForJob(id)).volume));
  t.same(taken.sort(), [byContainer, labelled].sort());
  const state = async (name: string) => await stowage.get(`${volumes}/${name}/protection`);
  t.match(await state(labelled), { state: 'protected', sources: [{ kind: 'policy', name: 'gold' }] });
  t.match(await state(off), { state: 'excluded', problems: [/stowage.backup=off/], sources: [] });
  t.match(await state(critical), {
    state: 'waiting',
    class: 'critical',
    rpoSeconds: 7200,
    sources: [{ kind: 'class' }],
  });
});

t.test('what a policy cannot do fails as a job, and is told', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env });
  const volume = await filled(docker, stowage, 'elsewhere');
  await stowage.created('POST', '/v1/repositories', {
    name: 'read',
    path: '/nowhere/at/all',
    host: 'local',
    readOnly: true,
    password: 'password1',
  });
  await stowage.created('POST', '/v1/policies', {
    name: 'p',
    selector: own(docker),
    schedule: never,
    repository: 'read',
  });
  const { jobs } = await stowage.post('/v1/policies/p/runs', {});
  t.match(await stowage.waitForJob(jobs[0]), { state: 'failed', error: { code: 'repository_read_only' } });
  t.match(await stowage.get(`${volumes}/${volume}/protection`), {
    state: 'at_risk',
    lastBackup: null,
    lastFailure: { job: jobs[0], error: { code: 'repository_read_only' } },
  });
  t.match(await stowage.call('DELETE', '/v1/repositories/read?confirm=read'), {
    status: 409,
    body: { code: 'repository_in_use', detail: /policies p / },
  });
});
