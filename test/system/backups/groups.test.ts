import t, { type Test } from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

const compose = { project: 'com.docker.compose.project', service: 'com.docker.compose.service' };
/** Writes the same number into both volumes, over and over; asked to stop, it ends when it has. */
const writer = `trap 'end=1' TERM
n=0
while [ -z "$end" ]; do n=$((n + 1)); echo $n > /first/n; echo $n > /second/n; sleep 0.01; done`;

/** A shop of two services: the web server has both volumes, and waits for the database to be healthy. */
async function shop(t: Test) {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const project = docker.name('shop');
  const labels = { [compose.project]: project };
  const volumes = [docker.name('first'), docker.name('second')];
  for (const name of volumes) await stowage.created('POST', '/v1/hosts/local/volumes', { name, labels });
  const scratch = docker.name('scratch');
  const off = { ...labels, 'stowage.backup': 'off' };
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: scratch, labels: off });
  const db = await docker.container({
    volume: volumes[0] ?? '',
    script: 'trap "exit 0" TERM; rm -f /tmp/ready; sleep 1; touch /tmp/ready; while :; do sleep 0.1; done',
    healthcheck: 'test -e /tmp/ready',
    labels: { ...labels, [compose.service]: 'db' },
  });
  const Mounts = ['/first', '/second'].map((Target, index) => ({
    Type: 'volume' as const,
    Source: volumes[index] ?? '',
    Target,
  }));
  const web = await docker.container({
    volume: '',
    script: writer,
    stopTimeout: 5,
    labels: { ...labels, [compose.service]: 'web', 'com.docker.compose.depends_on': 'db:service_healthy:false' },
    hostConfig: { Mounts },
  });
  const seen = `/v1/hosts/local/containers?project=${project}`;
  await stowage.until(seen, ({ items }) => items.length === 2, 20);
  const numbers = async (of: readonly string[]) =>
    Promise.all(of.map(async (name) => Number(await docker.run(name, 'cat /data/n'))));
  return {
    docker,
    stowage,
    project,
    volumes,
    scratch,
    db,
    web,
    numbers,
    base: `/v1/hosts/local/compose-projects/${project}`,
  };
}

t.test('N29: the volumes of a Compose project are backed up as of one moment, and set back as one', async (t) => {
  const { docker, stowage, project, volumes, db, web, numbers, base } = await shop(t);
  const before = (await web.inspect()).State.StartedAt;
  const job = await stowage.finished('POST', `${base}/backups`, {});
  t.match(job, { kind: 'group_backup', state: 'succeeded', volume: null, project }, job.error?.detail);
  t.strictSame(
    job.result.backups.map(({ volume }: { volume: string }) => volume),
    volumes,
    'without the one that says off',
  );
  t.equal(job.result.stoppedContainers.length, 2);
  const states = await Promise.all([db, web].map(async (one) => (await one.inspect()).State));
  t.match(states, [{ Status: 'running' }, { Status: 'running' }]);
  const [dbAt = 0, webAt = 0] = states.map(({ StartedAt }) => new Date(StartedAt).getTime());
  t.not(states[1]?.StartedAt, before);
  t.ok(webAt - dbAt >= 1000, `the web server waited for a healthy database: ${webAt - dbAt} ms`);

  const copies: string[] = [];
  for (const { volume, snapshot } of job.result.backups) {
    const into = docker.name(`copy-${copies.length}`);
    await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/restores`, { snapshot, into });
    copies.push(into);
  }
  const [first, second] = await numbers(copies);
  t.ok(first !== undefined && first > 0);
  t.equal(first, second, 'both volumes are of one moment');

  await docker.until(async () => ((await numbers(volumes))[0] ?? 0) > 20, 20);
  await web.stop();
  const { data } = await stowage.graphql(
    `mutation ($project: String!, $backup: ID!) {
      createGroupRestore(input: { host: "local", composeProject: $project, backup: $backup, confirm: $project }) { id kind }
    }`,
    { project, backup: job.id },
  );
  const done = await stowage.waitForJob(data.createGroupRestore.id, 60);
  t.match(done, { kind: 'group_restore', state: 'succeeded' }, done.error?.detail);
  t.strictSame(await numbers(volumes), [first, second]);
  t.equal(done.result.stoppedContainers.length, 1, 'what was stopped stays stopped');
  t.match((await web.inspect()).State, { Status: 'exited' });
  t.equal(done.result.restores.length, 2);
  const safe = `/v1/hosts/local/volumes/${volumes[0]}/snapshots`;
  t.match((await stowage.get(safe)).items[0], { reason: 'before_restore', id: done.result.restores[0].safetySnapshot });
});

t.test('a restore of a group that is canceled in its second volume is undone in both', async (t) => {
  const { docker, stowage, project, volumes, db, web, numbers, base } = await shop(t);
  const { id } = await stowage.finished('POST', `${base}/backups`, { consistency: 'pause' });
  await docker.until(async () => ((await numbers(volumes))[0] ?? 0) > 50, 20);
  await web.stop();
  const before = await numbers(volumes);
  const job = await stowage.accepted('POST', `${base}/restores`, { backup: id, confirm: project });
  await docker.pauseHelper(job.id, 'restore-2');
  t.match((await db.inspect()).State, { Status: 'exited' });
  await stowage.post(`/v1/jobs/${job.id}/cancel`, {});
  t.match(await stowage.waitForJob(job.id, 60), { state: 'canceled' });
  t.strictSame(await numbers(volumes), before);
  t.match((await db.inspect()).State, { Status: 'running' });
});

t.test('a backup of a group that needed a second attempt is restored from that one', async (t) => {
  const { docker, stowage, project, volumes, web, numbers, base } = await shop(t);
  const job = await stowage.accepted('POST', `${base}/backups`, {});
  const helper = await docker.pauseHelper(job.id, 'backup-1');
  const late = await docker.container({ volume: volumes[1] ?? '', script: 'sleep 600', stopTimeout: 1 });
  await helper.unpause();
  const done = await stowage.waitForJob(job.id, 90);
  t.match(done, { state: 'succeeded', attempts: [{ error: { code: 'consistency_lost' } }, { error: null }] });
  await late.remove({ force: true });
  await web.stop();
  const restore = { backup: job.id, confirm: project };
  const restored = await stowage.finished('POST', `${base}/restores`, restore, 60);
  t.match(restored, { state: 'succeeded' }, restored.error?.detail);
  t.equal(restored.result.restores.length, 2);
  const [first, second] = await numbers(volumes);
  t.equal(first, second);
});

t.test('a policy that brings containers to rest backs up a Compose project as one', async (t) => {
  const { docker, stowage, project, volumes, base } = await shop(t);
  const alone = docker.name('alone');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: alone });
  const name = docker.name('policy');
  const policy = await stowage.created('POST', '/v1/policies', {
    name,
    selector: { names: [docker.name('*')] },
    schedule: { cron: '0 0 1 1 *' },
    consistency: 'stop',
    startWindowSeconds: 3600,
    completionWindowSeconds: 7200,
  });
  t.match(policy, { consistency: 'stop', hooks: [], startWindowSeconds: 3600, completionWindowSeconds: 7200 });
  const { jobs } = await stowage.accepted('POST', `/v1/policies/${name}/runs`, {});
  const done = await Promise.all(jobs.map((id: string) => stowage.waitForJob(id, 60)));
  t.match(
    done.map(({ kind, state }) => `${kind} ${state}`).sort(),
    ['group_backup succeeded', 'volume_backup succeeded'],
    JSON.stringify(done.map(({ error }) => error)),
  );
  const group = done.find(({ kind }) => kind === 'group_backup');
  t.equal(group.project, project);
  t.equal(group.result.backups.length, volumes.length);
  t.match(await stowage.get(`/v1/hosts/local/volumes/${volumes[1]}/protection`), { lastFailure: null });
  t.equal((await stowage.call('POST', `${base}/backups`, { consistency: 'live' })).status, 202);
});

t.test('groups: what is not there, not confirmed, or not allowed is refused before anything is touched', async (t) => {
  const { stowage, project, volumes, db, base } = await shop(t);
  const restores = `${base}/restores`;
  const { id } = await stowage.finished('POST', `${base}/backups`, { consistency: 'live' });
  const call = (path: string, body: object, key?: string) =>
    stowage.call('POST', path, body, key === undefined ? {} : { authorization: `Bearer ${key}` });
  const nowhere = '/v1/hosts/local/compose-projects/no-such-project';
  t.match(await call(`${nowhere}/backups`, {}), { status: 404, body: { code: 'compose_project_not_found' } });
  t.match(await call(restores, { backup: id }), { status: 400, body: { code: 'confirmation_required' } });
  const failing = { before: ['false'] };
  const failed = await stowage.finished('POST', `${base}/backups`, { consistency: 'hook', hooks: [failing] });
  t.equal(failed.state, 'failed');
  t.match(await call(restores, { backup: failed.id, confirm: project }), {
    status: 404,
    body: { code: 'backup_not_found' },
  });
  const absent = '00000000-0000-4000-8000-000000000000';
  t.match(await call(restores, { backup: absent, confirm: project }), {
    status: 404,
    body: { code: 'backup_not_found' },
  });
  t.match(await call(restores, { backup: 'x', confirm: project }), { status: 400, body: { code: 'invalid_input' } });
  const keyOf = async (role: string, of: string) =>
    (await stowage.created('POST', '/v1/tokens', { name: role, roles: [{ role, project: of }] })).key;
  const operator = await keyOf('operator', project);
  t.match(await call(restores, { backup: id, confirm: project }, operator), {
    status: 403,
    body: { code: 'forbidden' },
  });
  t.match(await call(`${base}/backups`, { hooks: [{ before: ['true'] }], consistency: 'hook' }, operator), {
    status: 403,
  });
  const stranger = await keyOf('admin', 'elsewhere');
  t.match(await call(`${base}/backups`, {}, stranger), { status: 404, body: { code: 'compose_project_not_found' } });
  t.match(await call(restores, { backup: id, confirm: project }, stranger), { status: 404 });
  t.match((await db.inspect()).State, { Status: 'running' });
  const { items } = await stowage.get(`/v1/hosts/local/volumes/${volumes[0]}/snapshots`);
  t.notOk(items.some(({ reason }: { reason: string }) => reason === 'before_restore'));
});
