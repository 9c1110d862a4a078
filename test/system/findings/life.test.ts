import t from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { dropContainer, makeVolume, startApp } from '../../machinery/engine-user.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

interface Page {
  readonly items: { readonly id: string; readonly rule: string; readonly state: string; readonly seenAt: string }[];
}
const isThere = ({ items }: Page) => items.length > 0;
const isOver = ({ items }: Page) => items.length > 0 && items.every(({ state }) => state === 'resolved');
/** An odd tmpfs: MNT-009 and MNT-010. */
const faulty = { Tmpfs: { '/odd': 'exec' } };

async function foundOn(stowage: Stowage, container: string, rule = 'MNT-009') {
  const { items } = await stowage.until(`/v1/findings?container=${container}&rule=${rule}`, isThere, 20);
  return items[0];
}

async function keyWith(stowage: Stowage, role: string, project?: string) {
  const token = await stowage.created('POST', '/v1/tokens', {
    name: role,
    roles: [{ role, ...(project === undefined ? {} : { project }) }],
  });
  return connectClient(stowage.address, token.key);
}

t.test('a finding is opened, seen, resolved with its container, and keeps its id over a restart', async (t) => {
  const stowage = await startStowage(t);
  const app = await startApp(t, { HostConfig: faulty, Labels: { 'stowage.project': 'shop' } });
  const name = (await app.inspect()).Name.slice(1);
  const finding = await foundOn(stowage, app.id);
  t.match(finding, {
    host: 'local',
    severity: 'medium',
    state: 'open',
    title: 'A tmpfs has no size',
    detail: /\/odd/,
    evidence: { target: '/odd' },
    remedy: /size=/,
    documentation: '/docs/findings#MNT-009',
    container: { id: app.id, name },
    volume: null,
    target: '/odd',
    project: 'shop',
    resolvedAt: null,
    acknowledgement: null,
    version: 1,
  });
  t.same(await stowage.get(`/v1/findings/${finding.id}`), finding);
  const { body } = await stowage.call('GET', '/docs/findings', undefined, { accept: 'text/html' });
  t.match(body, '<section id="MNT-009">');
  const { data } = await stowage.graphql(
    `{ finding(finding: "${finding.id}") { id rule state container { name } }
       findings(container: "${name}", minSeverity: low) { items { rule } }
       container(host: "local", container: "${app.id}") { findings { id } mounts { findings { id rule } } } }`,
  );
  t.same(data.finding, { id: finding.id, rule: 'MNT-009', state: 'open', container: { name } });
  t.same(data.findings.items.map(({ rule }: { rule: string }) => rule).sort(), ['MNT-009', 'MNT-010']);
  t.ok(data.container.findings.some(({ id }: { id: string }) => id === finding.id));
  t.ok(data.container.mounts[0].findings.some(({ id }: { id: string }) => id === finding.id));

  await stowage.stop();
  const next = await startStowage(t, { database: stowage.database, state: stowage.state });
  t.match(await next.get(`/v1/findings/${finding.id}`), { id: finding.id, state: 'open' });
  const other = await startApp(t, { HostConfig: faulty });
  await foundOn(next, other.id);
  t.match((await next.get(`/v1/findings?container=${app.id}&rule=MNT-009`)).items, [{ id: finding.id, state: 'open' }]);

  await dropContainer(app);
  await next.until(`/v1/findings?container=${app.id}`, isOver, 20);
  t.match(await next.get(`/v1/findings/${finding.id}`), { state: 'resolved', resolvedAt: String, version: 2 });
  t.match(await next.call('POST', `/v1/findings/${finding.id}/acknowledgement`, { reason: 'too late' }), {
    status: 409,
    body: { code: 'finding_resolved' },
  });
  t.same((await next.get(`/v1/findings?container=${app.id}&state=open`)).items, []);
});

t.test('a finding is acknowledged with a reason until a time, and open again afterwards', async (t) => {
  const stowage = await startStowage(t);
  const app = await startApp(t, { HostConfig: faulty });
  const finding = await foundOn(stowage, app.id);
  const address = `/v1/findings/${finding.id}`;
  const place = `${address}/acknowledgement`;
  t.match(await stowage.call('POST', place, {}), { status: 400, body: { code: 'invalid_input' } });
  t.match(await stowage.call('POST', place, { reason: ' ' }), { status: 400, body: { code: 'invalid_input' } });
  t.match(await stowage.call('POST', place, { reason: 'x', until: '2020-01-01T00:00:00Z' }), {
    status: 400,
    body: { code: 'invalid_input' },
  });
  const outdated = { 'if-match': '"7"' };
  t.match(await stowage.call('POST', place, { reason: 'x' }, outdated), {
    status: 412,
    body: { code: 'version_mismatch' },
  });

  const until = new Date(Date.now() + 4_000).toISOString();
  const known = await stowage.call('POST', place, { reason: 'needed until Friday', until }, { 'if-match': '"1"' });
  t.match(known, {
    status: 200,
    body: {
      state: 'acknowledged',
      version: 2,
      acknowledgement: { reason: 'needed until Friday', until, by: /^key:/, at: String },
    },
  });
  const inState = async (state: string) =>
    (await stowage.get(`/v1/findings?container=${app.id}&rule=MNT-009&state=${state}`)).items.length;
  t.same([await inState('acknowledged'), await inState('open')], [1, 0]);
  t.ok((await stowage.get(`/v1/mounts?container=${app.id}`)).items[0].findings.length > 0, 'it is still there');

  const again = await stowage.until(address, ({ state }) => state === 'open', 20);
  t.equal(again.acknowledgement, null);
  t.ok(Date.now() >= new Date(until).getTime(), 'not before its time');
  t.same([await inState('acknowledged'), await inState('open')], [0, 1]);

  const { data } = await stowage.graphql(
    `mutation { acknowledgeFinding(input: { finding: "${finding.id}", reason: "known" }) { state acknowledgement { reason until } } }`,
  );
  t.same(data.acknowledgeFinding, { state: 'acknowledged', acknowledgement: { reason: 'known', until: null } });
  t.match(await stowage.call('DELETE', place), { status: 200, body: { state: 'open', acknowledgement: null } });
  t.match(await stowage.call('DELETE', place), { status: 200, body: { state: 'open' } });

  await stowage.call('POST', place, { reason: 'known' });
  await dropContainer(app);
  await stowage.until(address, ({ state }) => state === 'resolved', 20);
  t.match(await stowage.get(address), { acknowledgement: { reason: 'known' } }, 'what was said stays');
});

t.test('a breach that comes back is a new finding', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = await makeVolume(docker.name('shared'));
  const Mounts = [{ Type: 'volume' as const, Source: volume, Target: '/data' }];
  await startApp(t, { HostConfig: { Mounts } });
  const second = await startApp(t, { HostConfig: { Mounts } });
  const path = `/v1/findings?volume=${volume}&rule=VOL-001`;
  const [first] = (await stowage.until(path, isThere, 20)).items;
  await second.stop();
  await stowage.until(path, isOver, 20);
  await second.start();
  const both = await stowage.until(path, ({ items }) => items.length === 2, 20);
  t.match(both.items, [{ state: 'open' }, { state: 'resolved', id: first.id }], 'newest first');
  const page = await stowage.get(`${path}&limit=1`);
  t.equal(page.items[0].id, both.items[0].id);
  t.equal((await stowage.get(`${path}&limit=1&cursor=${page.nextCursor}`)).items[0].id, first.id);
});

t.test('findings of a project are seen by who reaches it; auditors see findings and nothing else of it', async (t) => {
  const stowage = await startStowage(t);
  const app = await startApp(t, { HostConfig: faulty, Labels: { 'stowage.project': 'shop' } });
  const finding = await foundOn(stowage, app.id);
  const path = `/v1/findings?container=${app.id}`;
  const address = `/v1/findings/${finding.id}`;
  const [viewer, stranger, auditor] = [
    await keyWith(stowage, 'viewer', 'shop'),
    await keyWith(stowage, 'operator', 'elsewhere'),
    await keyWith(stowage, 'auditor', 'shop'),
  ];
  for (const reader of [viewer, auditor]) {
    t.ok((await reader.get(path)).items.length > 0);
    t.match(await reader.get(address), { id: finding.id });
    t.match(await reader.call('POST', `${address}/acknowledgement`, { reason: 'x' }), {
      status: 403,
      body: { code: 'forbidden' },
    });
    t.ok((await reader.get('/v1/finding-rules?limit=100')).items.length > 25);
  }
  t.equal((await auditor.call('GET', '/v1/mounts')).status, 403);
  t.same((await stranger.get(path)).items, []);
  for (const answer of [
    await stranger.call('GET', address),
    await stranger.call('POST', `${address}/acknowledgement`, { reason: 'x' }),
    await stranger.call('DELETE', `${address}/acknowledgement`),
  ])
    t.match(answer, { status: 404, body: { code: 'finding_not_found' } });
  t.match(await stranger.graphql(`{ finding(finding: "${finding.id}") { id } }`), {
    data: { finding: null },
    errors: [{ extensions: { code: 'finding_not_found' } }],
  });
});
