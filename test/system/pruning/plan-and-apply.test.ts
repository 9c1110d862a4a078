import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { isGone, makeScenery } from './scenery.ts';

interface Item {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly reasons: readonly string[];
}

function find(items: readonly Item[], id: string): Item {
  const item = items.find((one) => one.id === id);
  if (item === undefined) throw new Error(`The plan does not speak of ${id}.`);
  return item;
}

t.test('a plan says what goes and what stays and why; applied, it takes that and nothing else', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await startStowage(t);
  const used = await scenery.volume('used');
  const running = await scenery.container();
  await running.start();
  const stopped = await scenery.container({ host: { Mounts: [{ Type: 'volume', Source: used, Target: '/data' }] } });
  const guarded = await scenery.container({ labels: { 'stowage.protect': 'true' } });
  const composed = await scenery.container({ labels: { 'com.docker.compose.project': 'stack' } });
  const free = await scenery.volume('free', { team: 'blue', 'stowage.project': 'shop' }, 'precious');
  const kept = await scenery.volume('kept', { 'stowage.protect': '' });
  const unguarded = await scenery.volume('unguarded', { 'stowage.protect': 'false' });
  const policed = await scenery.volume('policed', { 'stowage.policy': 'daily' });
  const anonymous = await scenery.anonymousVolume();
  const network = await scenery.network('network');
  const attached = await scenery.network('attached');
  const dangling = await scenery.image();
  const named = await scenery.image(`${docker.name('image')}:one`);
  const needed = await scenery.image(`${docker.name('needed')}:one`);
  const user = await scenery.container({ image: needed, host: { NetworkMode: attached.id } });

  const filter = { label: [scenery.label] };
  const asked = {
    containers: filter,
    networks: filter,
    images: { ...filter, dangling: false },
    volumes: { ...filter, all: true },
  };
  const answer = await stowage.call('POST', '/v1/hosts/local/prune-plans', asked);
  t.equal(answer.status, 201, JSON.stringify(answer.body));
  const plan = answer.body;
  t.equal(answer.headers.get('location'), `/v1/prune-plans/${plan.id}`);
  t.match(plan, { host: 'local', project: null, job: null });
  t.equal(Date.parse(plan.expiresAt) - Date.parse(plan.createdAt), 3_600_000);
  const { items } = plan.items;

  const goes = [stopped.id, user.id, network.id, dangling, named, free, unguarded, anonymous];
  t.same(
    items
      .filter(({ action }: Item) => action === 'remove')
      .map(({ id }: Item) => id)
      .sort(),
    [...goes].sort(),
    'what nothing needs goes',
  );
  const stays: [string, RegExp][] = [
    [running.id, /It is running/],
    [guarded.id, /"stowage.protect" protects it/],
    [composed.id, /Compose made it for "stack"/],
    [attached.id, /Containers are attached to it/],
    [needed, /Containers are made from it/],
    [used, /Containers have it: .*\(created\)/],
    [kept, /"stowage.protect" protects it/],
    [policed, /It has a policy/],
  ];
  for (const [id, why] of stays) t.match(find(items, id), { action: 'keep', reasons: [why] }, id);
  t.equal(items.length, goes.length + stays.length, 'and of nothing else');
  t.same(
    items.filter(({ action }: Item) => action === 'remove').map(({ kind }: Item) => kind),
    ['container', 'container', 'network', 'image', 'image', 'volume', 'volume', 'volume'],
    'in the order of removal',
  );
  t.match(
    plan.kinds.find(({ kind }: Item) => kind === 'volume'),
    { remove: 3, keep: 3, freesBytes: 0, unmeasured: 3 },
  );

  const path = `/v1/prune-plans/${plan.id}`;
  const { job: _job, ...unapplied } = plan;
  t.match(await stowage.get(path), unapplied, 'it can be read again');
  t.ok((await stowage.get('/v1/prune-plans?host=local')).items.some(({ id }: Item) => id === plan.id));
  const first = await stowage.get(`${path}/items?action=keep&kind=volume&limit=2`);
  const second = await stowage.get(`${path}/items?action=keep&kind=volume&limit=2&cursor=${first.nextCursor}`);
  t.same([...first.items, ...second.items].map(({ id }) => id).sort(), [used, kept, policed].sort());
  t.equal(second.nextCursor, null);

  t.match(await stowage.call('POST', `${path}/apply`, {}), { status: 400, body: { code: 'confirmation_required' } });
  const job = await stowage.finished('POST', `${path}/apply`, { confirm: 'local' });
  t.match(job, { kind: 'host_prune', state: 'succeeded', volume: null, project: null, result: { skipped: [] } });
  t.equal(job.result.removed.length, goes.length);
  t.ok(job.result.removed.includes(`volume/${free}`));
  t.match(await stowage.call('POST', `${path}/apply`, { confirm: 'local' }), {
    status: 409,
    body: { code: 'prune_plan_applied' },
  });
  t.match(await stowage.get(path), { job: job.id });

  for (const name of [free, unguarded, anonymous]) t.notOk(await docker.volumeExists(name), name);
  for (const name of [used, kept, policed]) t.ok(await docker.volumeExists(name), name);
  for (const id of [dangling, named]) t.ok(await isGone(docker.engine.getImage(id)), `image ${id}`);
  for (const id of [stopped.id, user.id]) t.ok(await isGone(docker.engine.getContainer(id)), `container ${id}`);
  t.ok(await isGone(network), 'the network');
  for (const container of [running, guarded, composed]) await t.resolves(container.inspect());
  await t.resolves(docker.engine.getImage(needed).inspect());
  await t.resolves(attached.inspect());
  t.match(await stowage.call('GET', `/v1/hosts/local/volumes/${free}`), { status: 404 }, 'the very next read knows it');

  const deleted = (await stowage.get('/v1/deleted-volumes')).items;
  t.same(deleted.map(({ name }: Item) => name).sort(), [free, unguarded].sort(), 'named volumes can be brought back');
  t.match(
    deleted.find(({ name }: Item) => name === free),
    { project: 'shop', deletedBy: job.requestedBy },
  );
  const back = await stowage.finished('POST', `/v1/hosts/local/volumes/${free}/undelete`, {});
  t.equal(back.state, 'succeeded', back.error?.detail);
  t.equal(await docker.run(free, 'cat /data/file'), 'precious\n');
  t.match(await stowage.get(`/v1/hosts/local/volumes/${free}`), { project: 'shop', labels: { team: 'blue' } });

  const next = await stowage.created('POST', '/v1/hosts/local/prune-plans', asked);
  t.match(
    [attached.id, needed, used].map((id) => find(next.items.items, id).action),
    ['remove', 'remove', 'remove'],
    'what the containers held is free for the next plan',
  );
});

t.test('over GraphQL: a plan, its items, its application', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await startStowage(t);
  const volume = await scenery.volume('free', {}, 'precious');
  const anonymous = await scenery.anonymousVolume();
  const container = await scenery.container();
  const create = `mutation ($input: CreatePrunePlanInput!) {
    createPrunePlan(input: $input) { id host kinds { kind remove keep } items { items { kind name action reasons snapshotFirst } } }
  }`;
  const filter = { label: [scenery.label] };
  const input = { host: 'local', containers: filter, volumes: filter };
  const made = await stowage.graphql(create, { input });
  t.same(made.errors, undefined);
  const { id, items } = made.data.createPrunePlan;
  t.match(items.items, [
    { kind: 'container', action: 'remove' },
    { kind: 'volume', name: anonymous, action: 'remove', snapshotFirst: false },
    { kind: 'volume', name: volume, action: 'keep', reasons: [/`all`: true/] },
  ]);
  const read = await stowage.graphql(
    `query ($plan: ID!) { prunePlan(plan: $plan) { job } prunePlanItems(plan: $plan, action: remove) { items { name } } prunePlans(host: "local") { items { id } } }`,
    { plan: id },
  );
  t.match(read.data, { prunePlan: { job: null }, prunePlans: { items: [{ id }] } });
  t.equal(read.data.prunePlanItems.items.length, 2);
  const apply = `mutation ($input: ApplyPrunePlanInput!) { applyPrunePlan(input: $input) { id kind } }`;
  t.match(await stowage.graphql(apply, { input: { plan: id, confirm: 'other' } }), {
    errors: [{ extensions: { code: 'confirmation_required' } }],
  });
  const applied = await stowage.graphql(apply, { input: { plan: id, confirm: 'local', snapshot: true } });
  t.same(applied.errors, undefined);
  const job = await stowage.waitForJob(applied.data.applyPrunePlan.id);
  t.equal(job.state, 'succeeded', job.error?.detail);
  t.ok(await isGone(container), 'the container');
  t.notOk(await docker.volumeExists(anonymous));
  t.ok(await docker.volumeExists(volume));
  t.same(
    (await stowage.get('/v1/deleted-volumes')).items.map(({ name }: Item) => name),
    [anonymous],
    'an anonymous volume too, since its snapshot was asked for',
  );
});
