import { mkdir } from 'node:fs/promises';
import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';
import { breaks, keeps } from '../findings/verdicts.ts';

const volumes = '/v1/hosts/local/volumes';
const never = { cron: '0 0 1 1 *' };

async function filled(docker: TestDocker, stowage: Stowage, word: string, kilobytes = 100): Promise<string> {
  const name = docker.name(word);
  await stowage.created('POST', volumes, { name, project: 'shop' });
  await docker.run(name, `head -c ${kilobytes}000 /dev/urandom > /data/file`);
  return name;
}

/** A backup that is taken to be so many days old. */
async function backedUp(
  { database, finished }: Stowage,
  volume: string,
  days: number,
  more: object = {},
): Promise<string> {
  const job = await finished('POST', `${volumes}/${volume}/backups`, more);
  const { snapshot } = job.result;
  await database.query(
    `update snapshots set taken_at = now() - interval '${days} days' where id = '${snapshot}' or original_id = '${snapshot}'`,
  );
  return snapshot;
}

async function covered(docker: TestDocker, stowage: Stowage, keep: object): Promise<void> {
  await stowage.created('POST', '/v1/policies', {
    name: 'p',
    selector: { names: [docker.name('*')] },
    schedule: never,
    keep,
  });
}

const left = async (stowage: Stowage, volume: string) =>
  (await stowage.get(`${volumes}/${volume}/snapshots`)).items.map(({ id }: Answer) => id);

t.test('a plan says what stays and why, and a run removes the rest', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = await filled(docker, stowage, 'kept');
  const [old, middle, young] = [
    await backedUp(stowage, volume, 40),
    await backedUp(stowage, volume, 10),
    await backedUp(stowage, volume, 1),
  ];
  const address = `${volumes}/${volume}/retention`;
  t.match(await stowage.get(address), { rules: [], keep: 3, remove: 0, items: [{ why: [/says how long/] }, {}, {}] });
  await covered(docker, stowage, { last: 1, withinDays: 20 });
  const plan = await stowage.get(address);
  t.match(plan, { heldBack: null, keep: 2, remove: 1, rules: [{ last: 1, withinDays: 20, daily: 0 }] });
  t.match(plan.items, [
    { snapshot: young, action: 'keep', why: ['last', 'withinDays', /newest good/], repository: 'default' },
    { snapshot: middle, action: 'keep', why: ['withinDays'] },
    { snapshot: old, action: 'remove', why: [/No rule keeps it/] },
  ]);
  const query = `{ retention(host: "local", name: "${volume}") { keep remove items { snapshot action why } } }`;
  const shown = (await stowage.graphql(query)).data.retention;
  t.match(shown, { keep: 2, remove: 1 });
  t.same(
    shown.items.map(({ action }: Answer) => action),
    ['keep', 'keep', 'remove'],
  );

  const outdated = await stowage.call('POST', `${volumes}/${volume}/retention-runs`, { snapshots: [middle] });
  t.match(outdated, { status: 409, body: { code: 'retention_outdated' } });
  const run = await stowage.call('POST', `${volumes}/${volume}/retention-runs`, { snapshots: [old] });
  t.match(run, { status: 202, body: { remove: 1 } });
  t.match(await stowage.waitForJob(run.body.jobs[0]), {
    kind: 'snapshots_expire',
    state: 'succeeded',
    result: { removed: [`snapshot/${old.slice(0, 8)}`], skipped: [] },
  });
  t.same(await left(stowage, volume), [young, middle]);

  const pruned = await stowage.finished('POST', '/v1/repositories/default/prunes', {});
  t.match(pruned, { kind: 'repository_prune', state: 'succeeded', result: { bytesFreed: Number } });
  t.match(await stowage.finished('POST', '/v1/repositories/default/checks', { parts: 1 }), { state: 'succeeded' });
  const into = docker.name('again');
  await stowage.finished('POST', `${volumes}/${volume}/restores`, { snapshot: middle, into });
});

t.test('retention runs by itself, also in the repositories that backups are copied to', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_RETENTION_SECONDS: '2' } });
  const volume = await filled(docker, stowage, 'copied');
  const path = `${stowage.state}/second`;
  await mkdir(path);
  await stowage.created('POST', '/v1/repositories', { name: 'second', host: 'local', path });
  for (const days of [9, 5]) {
    const snapshot = await backedUp(stowage, volume, days);
    t.match(await stowage.finished('POST', `/v1/snapshots/${snapshot}/copies`, { repository: 'second' }), {
      state: 'succeeded',
    });
    await stowage.database.query(
      `update snapshots set taken_at = now() - interval '${days} days' where original_id = '${snapshot}'`,
    );
  }
  t.equal((await left(stowage, volume)).length, 4);
  await covered(docker, stowage, { last: 1 });
  const { items } = await stowage.until(`${volumes}/${volume}/snapshots`, (page) => page.items.length === 2, 60);
  t.equal(
    new Set(items.map(({ repositoryId }: Answer) => repositoryId)).size,
    2,
    'the newest of each repository stays',
  );
});

t.test('what is held, read or needed does not go', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = await filled(docker, stowage, 'needed', 5000);
  const held = await backedUp(stowage, volume, 9);
  const read = await backedUp(stowage, volume, 8);
  const plain = await backedUp(stowage, volume, 7);
  const newest = await backedUp(stowage, volume, 1);
  await covered(docker, stowage, { last: 1 });
  const hold = await stowage.created('POST', `/v1/snapshots/${held}/holds`, { reason: 'the auditors want it' });
  t.match(await stowage.get(`/v1/snapshots/${held}/holds`), {
    items: [{ id: hold.id, until: null, reason: /auditors/ }],
  });
  const restore = await stowage.accepted('POST', `${volumes}/${volume}/restores`, {
    snapshot: read,
    into: docker.name('into'),
  });
  const helper = await docker.pauseHelper(restore.id, 'restore');
  const { items } = await stowage.get(`${volumes}/${volume}/retention`);
  t.match(
    items.find(({ snapshot }: Answer) => snapshot === held),
    { action: 'keep', why: [/It is held: the auditors/] },
  );
  t.match(
    items.find(({ snapshot }: Answer) => snapshot === read),
    { action: 'keep', why: [/needs it/] },
  );
  const { jobs } = await stowage.post(`${volumes}/${volume}/retention-runs`, {});
  await stowage.waitForJob(jobs[0]);
  t.same(await left(stowage, volume), [newest, read, held]);
  t.notOk((await left(stowage, volume)).includes(plain));

  const refused = await stowage.call('DELETE', `/v1/snapshots/${held}?confirm=${held.slice(0, 8)}`);
  t.match(refused, { status: 409, body: { code: 'snapshot_held', detail: /auditors/ } });
  await helper.unpause();
  t.match(await stowage.waitForJob(restore.id), { state: 'succeeded' });
  t.match(await stowage.call('DELETE', `/v1/snapshots/${held}/holds/${hold.id}`), { status: 200 });
  const after = await stowage.graphql(
    `mutation { runRetention(input: { host: "local", name: "${volume}" }) { jobs remove } }`,
  );
  t.equal(after.data.runRetention.remove, 2);
  await stowage.waitForJob(after.data.runRetention.jobs[0]);
  t.same(await left(stowage, volume), [newest]);
  t.match(await stowage.call('POST', `/v1/snapshots/${newest}/holds`, { reason: 'x', until: '2020-01-01T00:00:00Z' }), {
    status: 400,
    body: { code: 'invalid_input', errors: [{ path: '/until' }] },
  });
});

t.test('a volume that shrank holds its retention back until somebody has looked', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_INVENTORY_SECONDS: '2' } });
  const volume = await filled(docker, stowage, 'shrunk', 500);
  await backedUp(stowage, volume, 9);
  await backedUp(stowage, volume, 8);
  await covered(docker, stowage, { last: 1 });
  await keeps(t, stowage, 'BKP-006', { volume });
  await docker.run(volume, 'rm /data/file');
  await backedUp(stowage, volume, 0);
  const finding = await breaks(t, stowage, 'BKP-006', { volume });
  t.match(finding, { severity: 'high', detail: /holds no file/ });
  t.match(await stowage.get(`${volumes}/${volume}/retention`), { heldBack: /BKP-006/, remove: 0, keep: 3 });
  t.match(await stowage.get(`${volumes}/${volume}/protection`), { state: 'at_risk', anomaly: /holds no file/ });
  await stowage.call('POST', `/v1/findings/${finding.id}/acknowledgement`, { reason: 'the shop was closed' });
  t.match(await stowage.get(`${volumes}/${volume}/retention`), { heldBack: null, remove: 2 });
});

t.test('nothing goes from a repository that is append-only, without noise', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = await filled(docker, stowage, 'forever');
  for (const days of [9, 1]) await backedUp(stowage, volume, days);
  await covered(docker, stowage, { last: 1 });
  await stowage.call('PATCH', '/v1/repositories/default', { appendOnly: true });
  const plan = await stowage.get(`${volumes}/${volume}/retention`);
  t.match(plan, { remove: 0, items: [{ why: [/append-only/, 'last', /newest/] }, { why: [/append-only/] }] });
  t.match(await stowage.post(`${volumes}/${volume}/retention-runs`, {}), { jobs: [], remove: 0 });
  t.match(await stowage.call('POST', '/v1/repositories/default/prunes', {}), {
    status: 409,
    body: { code: 'repository_append_only' },
  });
});
