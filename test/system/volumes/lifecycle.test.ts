import t from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

const volumes = '/v1/hosts/local/volumes';

t.test(
  'a volume is created with driver, options and labels, is seen by the very next read, and by Docker',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await sharedStowage();
    const name = docker.name('made');
    const options = { type: 'tmpfs', device: 'tmpfs', o: 'size=10m' };
    const wish = { name, options, labels: { team: 'blue' }, project: 'shop', environment: 'test', class: 'cache' };
    const made = await stowage.call('POST', volumes, wish);
    t.equal(made.status, 201);
    t.equal(made.headers.get('location'), `${volumes}/${name}`);
    t.match(made.body, {
      host: 'local',
      kind: 'named',
      driver: 'local',
      project: 'shop',
      class: 'cache',
      inUse: false,
      usage: null,
    });
    t.match(await stowage.get(`${volumes}/${name}`), { name, options, labels: { team: 'blue' }, environment: 'test' });
    t.match(await docker.engine.getVolume(name).inspect(), {
      Options: options,
      Labels: { team: 'blue', 'stowage.project': 'shop', 'stowage.class': 'cache' },
    });
    t.match(await stowage.call('POST', volumes, wish), { status: 409, body: { code: 'volume_exists' } });
  },
);

t.test('what Docker does not take is refused with its reason, and leaves nothing behind', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const refused = async (body: object, status: number, code: string) =>
    t.match(await stowage.call('POST', volumes, body), { status, body: { code } }, JSON.stringify(body));
  await refused({ name: 'a' }, 400, 'volume_name_invalid');
  await refused({ name: '../x' }, 400, 'volume_name_invalid');
  await refused({ name: 'f'.repeat(64) }, 400, 'volume_name_invalid');
  await refused({ name: docker.name('x'), size: 1 }, 400, 'invalid_input');
  await refused({ name: docker.name('x'), class: 'precious' }, 400, 'invalid_input');
  await refused({ name: docker.name('x'), labels: { 'stowage.once': 'x' } }, 400, 'invalid_input');
  await refused({ name: docker.name('x'), project: 'a', labels: { 'stowage.project': 'b' } }, 400, 'invalid_input');
  await refused({ name: docker.name('x'), options: { bogus: 'x' } }, 400, 'volume_options_invalid');
  await refused({ name: docker.name('x'), driver: 'no-such-driver' }, 400, 'volume_options_invalid');
  t.notOk(await docker.volumeExists(docker.name('x')));
  t.match(await stowage.call('POST', '/v1/hosts/mars/volumes', { name: 'ab' }), {
    status: 404,
    body: { code: 'host_not_found' },
  });
});

t.test('volumes are filtered, combined and paged', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const prefix = docker.name('');
  const make = (name: string, more: object) => stowage.created('POST', volumes, { name: docker.name(name), ...more });
  await make('a', { project: 'shop', class: 'critical', labels: { team: 'blue', tier: '1' } });
  await make('b', { project: 'shop', class: 'cache', labels: { team: 'red' } });
  await make('c', { project: 'blog', environment: 'test', labels: { team: 'blue' } });
  await docker.container({ volume: docker.name('c'), script: 'sleep 600', stopTimeout: 1 });
  await docker.until(async () => (await stowage.get(`${volumes}/${docker.name('c')}`)).inUse, 20);
  const names = async (query: string) => {
    const { items } = await stowage.get(`/v1/volumes?name=${prefix}&${query}`);
    return items.map(({ name }: { name: string }) => name.slice(prefix.length));
  };
  t.same(await names(''), ['a', 'b', 'c']);
  t.same(await names('project=shop'), ['a', 'b']);
  t.same(await names('class=critical'), ['a']);
  t.same(await names('environment=test'), ['c']);
  t.same(await names('label=team%3Dblue'), ['a', 'c']);
  t.same(await names('label=team%3Dblue&label=tier'), ['a']);
  t.same(await names('inUse=true'), ['c']);
  t.same(await names('dangling=true&driver=local&kind=named&host=local'), ['a', 'b']);
  t.same(await names('project=shop&class=cache&label=team%3Dred'), ['b']);
  const { data } = await stowage.graphql(
    `{ both: volumes(name: "${prefix}", label: ["team=blue", "tier"], kind: named) { items { name } }
       unused: volumes(name: "${prefix}", dangling: true, driver: "local", host: "local", project: "shop") { items { name } } }`,
  );
  const named = (...ends: string[]) => ({ items: ends.map((end) => ({ name: docker.name(end) })) });
  t.same(data, { both: named('a'), unused: named('a', 'b') });
  t.match(await stowage.call('GET', '/v1/volumes?colour=blue'), { status: 400, body: { code: 'invalid_input' } });

  const first = await stowage.get(`/v1/volumes?name=${prefix}&limit=2`);
  t.equal(first.items.length, 2);
  const second = await stowage.get(`/v1/volumes?name=${prefix}&limit=2&cursor=${first.nextCursor}`);
  t.match(second, { items: [{ name: docker.name('c') }], nextCursor: null });
});

t.test('what Stowage knows of a volume is edited, unless somebody else was faster', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const name = docker.name('edited');
  const address = `${volumes}/${name}`;
  await stowage.created('POST', volumes, { name, project: 'shop' });
  const etag = (await stowage.call('GET', address)).headers.get('etag') ?? '';
  const edited = await stowage.call('PATCH', address, { class: 'critical', project: 'blog' }, { 'if-match': etag });
  t.match(edited, { status: 200, body: { class: 'critical', project: 'blog', labels: { 'stowage.project': 'shop' } } });
  t.match(await stowage.call('PATCH', address, { class: 'cache' }, { 'if-match': etag }), {
    status: 412,
    body: { code: 'version_mismatch' },
  });
  t.match(
    await stowage.call('PATCH', address, { project: null }),
    { status: 200, body: { project: 'shop' } },
    'the label counts again',
  );
  const mutation = `mutation ($input: UpdateVolumeInput!) { updateVolume(input: $input) { class version } }`;
  t.match(await stowage.graphql(mutation, { input: { host: 'local', name, class: null, expectedVersion: 1 } }), {
    errors: [{ extensions: { code: 'version_mismatch' } }],
  });
});

t.test('an operator of a project makes no volume that reaches into the host', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const { key } = await stowage.created('POST', '/v1/tokens', {
    name: 'operator',
    roles: [{ role: 'operator', project: 'shop' }],
  });
  const operator = connectClient(stowage.address, key);
  const name = docker.name('root');
  const bind = { name, project: 'shop', options: { type: 'none', o: 'bind', device: '/' } };
  t.match(await operator.call('POST', volumes, bind), { status: 403, body: { code: 'forbidden' } });
  t.notOk(await docker.volumeExists(name));
  t.match(await operator.call('POST', volumes, { name, project: 'blog' }), {
    status: 403,
    body: { code: 'forbidden' },
  });
  t.match(await operator.call('POST', volumes, { name, project: 'shop' }), { status: 201 });
});
