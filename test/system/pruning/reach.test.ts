import { Client } from 'pg';
import t from 'tap';
import { type ApiClient, connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { type Stowage, sharedStowage, startStowage } from '../../machinery/stowage.ts';
import { makeScenery } from './scenery.ts';

const plans = '/v1/hosts/local/prune-plans';

async function clientWith(stowage: Stowage, role: string, project?: string): Promise<ApiClient> {
  const grant = project === undefined ? { role } : { role, project };
  const { key } = await stowage.created('POST', '/v1/tokens', { name: 'caller', roles: [grant] });
  return connectClient(stowage.address, key);
}

t.test('within a project: its containers and volumes, and nothing that tells of others', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await sharedStowage();
  const own = { 'stowage.project': 'shop' };
  const volume = await scenery.volume('own', own);
  await scenery.volume('foreign', { 'stowage.project': 'blog' });
  const used = await scenery.volume('used', own);
  const container = await scenery.container({ labels: own });
  await scenery.container({ host: { Mounts: [{ Type: 'volume', Source: used, Target: '/data' }] } });
  const filter = { label: [scenery.label] };
  const wish = { containers: filter, volumes: { ...filter, all: true } };

  const admin = await clientWith(stowage, 'admin', 'shop');
  const operator = await clientWith(stowage, 'operator', 'shop');
  const stranger = await clientWith(stowage, 'admin', 'blog');
  const forbidden = { status: 403, body: { code: 'forbidden' } };
  t.match(await admin.call('POST', plans, wish), forbidden, 'everything on the host is not theirs');
  t.match(await stranger.call('POST', plans, { ...wish, project: 'shop' }), forbidden);
  t.match(
    await (await clientWith(stowage, 'viewer', 'shop')).call('POST', plans, { ...wish, project: 'shop' }),
    forbidden,
  );
  t.match(await admin.call('POST', plans, { ...wish, project: 'shop', images: {} }), {
    status: 400,
    body: { code: 'invalid_input' },
  });

  const plan = await operator.created('POST', plans, { ...wish, project: 'shop' });
  t.match(plan, { project: 'shop' });
  const { items } = plan.items;
  t.same(
    items.map(({ id, action }: { id: string; action: string }) => `${id} ${action}`),
    [`${container.id} remove`, `${volume} remove`, `${used} keep`],
  );
  t.match(items[2].reasons, ['Containers have it: a container of another project (created).']);
  const path = `/v1/prune-plans/${plan.id}`;
  for (const [method, address] of [
    ['GET', path],
    ['GET', `${path}/items`],
    ['POST', `${path}/apply`],
  ] as const)
    t.match(await stranger.call(method, address, method === 'GET' ? undefined : {}), {
      status: 404,
      body: { code: 'prune_plan_not_found' },
    });
  t.same((await stranger.get('/v1/prune-plans')).items, []);
  t.equal((await operator.get('/v1/prune-plans')).items.length, 1);
  t.match(await operator.call('POST', `${path}/apply`, { confirm: 'local' }), forbidden, 'removing asks for an admin');

  const job = await admin.finished('POST', `${path}/apply`, { confirm: 'local', snapshot: false });
  t.match(job, { state: 'succeeded', project: 'shop', result: { removed: { length: 2 } } });
  t.ok(await docker.volumeExists(docker.name('foreign')));
});

t.test('N24: a volume whose data another host uses, or may use, stays', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await sharedStowage();
  const nfs = (path: string) => ({ type: 'nfs', o: 'addr=192.0.2.1,ro', device: `:/export/${docker.name(path)}` });
  const make = async (what: string) => {
    const options = { DriverOpts: nfs(what), Labels: { ...scenery.labels } };
    await docker.engine.createVolume({ Name: docker.name(what), ...options });
    return docker.name(what);
  };
  const [used, asked, alone] = [await make('used'), await make('asked'), await make('alone')];
  const client = new Client({ connectionString: stowage.database.url });
  await client.connect();
  await client.query(
    `insert into hosts (name, endpoint, state) values ('elsewhere', 'tcp://192.0.2.2', 'unreachable')`,
  );
  for (const what of ['used', 'asked'])
    await client.query(
      `insert into volumes (id, host, name, kind, driver, scope, mountpoint, options, labels)
       values (gen_random_uuid(), 'elsewhere', $1, 'named', 'local', 'local', '', $2, '{}')`,
      [`mirror-${what}`, JSON.stringify({ ...nfs(what), o: 'addr=nas' })],
    );
  await client.query(
    `insert into containers (host, id, name, image, image_id, state, status, labels) values ('elsewhere', 'c1', 'reader', 'x', 'x', 'running', 'Up', '{}')`,
  );
  await client.query(
    `insert into mounts (host, container_id, target, type, source, volume_name, volume_id, mode, read_only, propagation)
     select 'elsewhere', 'c1', '/data', 'volume', '', name, id, '', false, '' from volumes where name = 'mirror-used'`,
  );
  await client.end();
  const plan = await stowage.created('POST', plans, { volumes: { label: [scenery.label], all: true } });
  const by = new Map(plan.items.items.map((item: { id: string }) => [item.id, item]));
  t.match(by.get(used), {
    action: 'keep',
    reasons: ['Containers use the same data, as volume "mirror-used" of host "elsewhere": reader.'],
  });
  t.match(by.get(asked), { action: 'keep', reasons: [/Host "elsewhere" cannot be asked/] });
  t.match(by.get(alone), { action: 'remove', bytes: 0 }, 'its data stay where they are, so nothing is freed');
});

t.test('what a repository, a job or a late use speaks for stays', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await startStowage(t, { env: { STOWAGE_PROTECTED_LABELS: 'precious, stowage.protect' } });
  const repository = await scenery.volume('repository');
  await stowage.created('POST', '/v1/repositories', { name: repository, volume: repository });
  const [busy, young, precious] = [
    await scenery.volume('busy', {}, 'x'),
    await scenery.volume('young'),
    await scenery.volume('precious', { precious: 'yes' }),
  ];
  await docker.until(async () => (await stowage.call('GET', `/v1/hosts/local/volumes/${busy}`)).status === 200, 20);
  const job = await stowage.accepted('POST', `/v1/hosts/local/volumes/${busy}/backups`, {});
  const helper = await docker.pauseHelper(job.id, 'backup');
  const volumes = { label: [scenery.label], all: true };
  const reasonsOf = async (wish: object) => {
    const plan = await stowage.created('POST', plans, { volumes: { ...volumes, ...wish } });
    type Item = { id: string; action: string; reasons: string[] };
    return new Map(plan.items.items.map(({ id, action, reasons }: Item) => [id, `${action} ${reasons.join(' ')}`]));
  };
  const now = await reasonsOf({});
  t.match(now.get(repository), `keep It holds the repository "${repository}".`);
  t.match(now.get(busy), `keep Jobs work on it: volume_backup ${job.id} (running).`);
  t.match(now.get(precious), 'keep Its label "precious" protects it.');
  t.match(now.get(young), /^remove No container has it/);
  t.match((await reasonsOf({ unusedFor: 3600 })).get(young), /^keep It is known to be unused since \S+ only/);
  t.match((await reasonsOf({ unusedFor: 0 })).get(young), /^remove/);
  await helper.unpause();
  await stowage.waitForJob(job.id);
});

t.test('bad filters are refused before anything is looked at', async (t) => {
  const stowage = await sharedStowage();
  const refused: [object, RegExp][] = [
    [{}, /at least one/],
    [{ containers: { until: 'yesterday' } }, /\/containers\/until/],
    [{ networks: { until: '-5h' } }, /\/networks\/until/],
    [{ images: { dangling: 'yes' } }, /dangling/],
    [{ volumes: { dangling: true } }, /unknown field/],
    [{ volumes: { unusedFor: -1 } }, /unusedFor/],
    [{ volumes: { label: [''] } }, /label/],
    [{ volumes: { includeProtected: ['\ud800'] } }, /half a character/],
    [{ buildCache: { keepBytes: -1 } }, /keepBytes/],
    [{ buildCache: { until: '1d' } }, /\/buildCache\/until/],
  ];
  for (const [body, detail] of refused)
    t.match(
      await stowage.call('POST', plans, body),
      { status: 400, body: { code: 'invalid_input', detail } },
      JSON.stringify(body),
    );
  t.match(await stowage.call('POST', '/v1/hosts/mars/prune-plans', { volumes: {} }), {
    status: 404,
    body: { code: 'host_not_found' },
  });
  const missing = `/v1/prune-plans/${crypto.randomUUID()}`;
  t.match(await stowage.call('POST', `${missing}/apply`, { confirm: 'local' }), {
    status: 404,
    body: { code: 'prune_plan_not_found' },
  });
});
