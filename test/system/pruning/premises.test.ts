import { Client } from 'pg';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { isGone, makeScenery } from './scenery.ts';

const plans = '/v1/hosts/local/prune-plans';

t.test('a plan whose premises have changed is refused, and says which', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await startStowage(t);
  const volumes = { label: [scenery.label], all: true };
  const [used, gone, replaced] = [
    await scenery.volume('used'),
    await scenery.volume('gone'),
    await scenery.volume('replaced'),
  ];
  const starting = await scenery.container();
  const planned = () => stowage.created('POST', plans, { containers: { label: [scenery.label] }, volumes });
  const apply = (id: string) => stowage.call('POST', `/v1/prune-plans/${id}/apply`, { confirm: 'local' });

  const plan = await planned();
  await docker.container({ volume: used, script: 'exit 0' });
  await docker.engine.getVolume(gone).remove();
  await docker.engine.getVolume(replaced).remove();
  await docker.engine.createVolume({ Name: replaced, Labels: { ...scenery.labels, team: 'red' } });
  await starting.start();
  const refused = await apply(plan.id);
  t.match(refused, { status: 409, body: { code: 'prune_plan_outdated' } });
  for (const why of [
    new RegExp(`volume/${used} is to stay now: Containers have it`),
    new RegExp(`volume/${gone} is gone`),
    new RegExp(`volume/${replaced} is not what it was`),
    /container\/\S+ is to stay now: It is running/,
  ])
    t.match(refused.body.detail, why);
  t.match(
    await stowage.graphql('mutation ($input: ApplyPrunePlanInput!) { applyPrunePlan(input: $input) { id } }', {
      input: { plan: plan.id, confirm: 'local' },
    }),
    { errors: [{ extensions: { code: 'prune_plan_outdated' } }] },
  );
  t.match(await stowage.get(`/v1/prune-plans/${plan.id}`), { job: null });
  t.ok(await docker.volumeExists(replaced), 'nothing was removed');

  const newer = await planned();
  await scenery.volume('new');
  const client = new Client({ connectionString: stowage.database.url });
  await client.connect();
  await client.query(`update prune_plans set expires_at = now() - interval '1 second' where id = $1`, [newer.id]);
  t.match(await apply(newer.id), { status: 409, body: { code: 'prune_plan_outdated', detail: /expired/ } });
  await client.query(`update prune_plans set expires_at = now() + interval '1 hour' where id = $1`, [newer.id]);
  await client.end();
  t.match(await apply(newer.id), { status: 202 }, 'what is new since then is no matter of the plan');
});

t.test('a plan is applied once, however many ask at the same time', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const one = await startStowage(t, { roles: 'api,watcher' });
  const two = await startStowage(t, { database: one.database, state: one.state, roles: 'api,worker' });
  const volume = await scenery.volume('free');
  const plan = await one.created('POST', plans, { volumes: { label: [scenery.label], all: true } });
  const path = `/v1/prune-plans/${plan.id}/apply`;
  const answers = await Promise.all(
    [one, two, one, two].map((stowage) => stowage.call('POST', path, { confirm: 'local', snapshot: false })),
  );
  t.same(answers.map(({ status }) => status).sort(), [202, 409, 409, 409]);
  t.same(
    answers.flatMap(({ status, body }) => (status === 409 ? [body.code] : [])),
    ['prune_plan_applied', 'prune_plan_applied', 'prune_plan_applied'],
  );
  const job = await one.waitForJob(answers.find(({ status }) => status === 202)?.body.id);
  t.match(job, { state: 'succeeded', result: { removed: [`volume/${volume}`] } });
  t.same((await one.get('/v1/deleted-volumes')).items, [], 'without a snapshot, as it was asked for');
});

t.test('what changes after the plan was applied is left, with the reason; the rest goes', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const api = await startStowage(t, { roles: 'api,watcher' });
  const filter = { label: [scenery.label] };
  const [used, gone, free] = [await scenery.volume('used'), await scenery.volume('gone'), await scenery.volume('free')];
  const [starting, stopped] = [await scenery.container(), await scenery.container()];
  const network = await scenery.network('network');
  const plan = await api.created('POST', plans, {
    containers: filter,
    networks: filter,
    volumes: { ...filter, all: true },
  });
  const job = await api.accepted('POST', `/v1/prune-plans/${plan.id}/apply`, { confirm: 'local', snapshot: false });
  await starting.start();
  await docker.container({ volume: used, script: 'exit 0' });
  await docker.engine.getVolume(gone).remove();
  await docker.engine.createContainer({
    name: docker.name('attached'),
    Image: (await starting.inspect()).Config.Image,
    HostConfig: { NetworkMode: docker.name('network') },
  });
  t.teardown(() => docker.engine.getContainer(docker.name('attached')).remove());

  const worker = await startStowage(t, { database: api.database, state: api.state });
  const done = await worker.waitForJob(job.id);
  t.equal(done.state, 'succeeded', done.error?.detail);
  t.equal(done.result.removed.length, 2);
  t.ok(done.result.removed.includes(`volume/${free}`));
  const skipped = done.result.skipped.join('\n');
  t.match(skipped, new RegExp(`volume/${used}: Containers have it`));
  t.match(skipped, new RegExp(`volume/${gone}: It is gone already`));
  t.match(skipped, new RegExp(`network/${docker.name('network')}: Containers are attached`));
  t.match(skipped, /container\/\S+: It is running/);
  t.ok(await isGone(stopped));
  t.notOk(await isGone(starting));
  t.notOk(await isGone(network));
  t.ok(await docker.volumeExists(used));
  t.match((await worker.get(`/v1/jobs/${job.id}/log`)).items[0], { level: 'warn', message: /stays/ });
});

t.test(
  'two clean-ups, and a backup of a volume that goes: one after the other, each sees what the other did',
  async (t) => {
    const docker = testDocker(t);
    const scenery = makeScenery(t, docker);
    const stowage = await startStowage(t);
    const volume = await scenery.volume('contended', {}, 'precious');
    const free = await scenery.volume('free');
    await stowage.until(`/v1/volumes?name=${volume}`, ({ items }) => items.length === 1);
    const wish = { volumes: { label: [scenery.label], all: true } };
    const [first, second] = [await stowage.created('POST', plans, wish), await stowage.created('POST', plans, wish)];
    const backup = await stowage.accepted('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
    const helper = await docker.pauseHelper(backup.id, 'backup');
    t.match(await stowage.call('POST', `/v1/prune-plans/${first.id}/apply`, { confirm: 'local' }), {
      status: 409,
      body: { code: 'prune_plan_outdated', detail: /Jobs work on it: volume_backup/ },
    });
    await helper.unpause();
    t.match(await stowage.waitForJob(backup.id), { state: 'succeeded' });
    const jobs = await Promise.all(
      [first, second].map(({ id }) =>
        stowage.finished('POST', `/v1/prune-plans/${id}/apply`, { confirm: 'local' }, 120),
      ),
    );
    t.same(
      jobs.map(({ state }) => state),
      ['succeeded', 'succeeded'],
    );
    t.same(
      jobs.flatMap(({ result }) => result.removed).sort(),
      [`volume/${volume}`, `volume/${free}`].sort(),
      'each went once',
    );
    t.equal(jobs.flatMap(({ result }) => result.skipped).length, 2);
    t.equal((await stowage.get('/v1/deleted-volumes')).items.length, 2);
  },
);
