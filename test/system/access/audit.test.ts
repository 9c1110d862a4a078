import { Client } from 'pg';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage } from '../../machinery/stowage.ts';
import { callerWith, newCaller } from './callers.ts';

type Event = Record<'id' | 'at' | 'actor' | 'operation' | 'outcome' | 'project', string>;
const audit = '/v1/audit-events';

t.test('the audit', async (t) => {
  const stowage = await sharedStowage();
  const docker = testDocker(t);
  const own = (await stowage.get('/v1/session')).subject;
  const operator = await newCaller(stowage, [{ role: 'operator', project: 'shop' }]);
  const auditor = await newCaller(stowage, [{ role: 'auditor' }]);
  const auditorOfShop = await newCaller(stowage, [{ role: 'auditor', project: 'shop' }]);
  const inShop = { name: docker.name('shop'), project: 'shop' };
  t.equal(await operator.code('POST', '/v1/hosts/local/volumes', inShop), undefined);
  t.equal(await operator.code('POST', '/v1/hosts/local/volumes', inShop), 'volume_exists');
  t.equal(await operator.code('DELETE', `/v1/hosts/local/volumes/${inShop.name}?confirm=${inShop.name}`), 'forbidden');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: docker.name('other'), project: 'other' });
  const eventsOf = async (query: string): Promise<Event[]> => (await stowage.get(`${audit}?limit=500&${query}`)).items;

  await t.test('has each command with who, what and how it ended', async (t) => {
    t.match(await eventsOf(`actor=${operator.subject}`), [
      {
        operation: 'volumes.delete',
        outcome: 'refused',
        code: 'forbidden',
        project: null,
        target: { name: inShop.name },
      },
      { operation: 'volumes.create', outcome: 'failed', code: 'volume_exists', project: 'shop' },
      {
        operation: 'volumes.create',
        outcome: 'ok',
        code: null,
        project: 'shop',
        target: { host: 'local', project: 'shop' },
      },
    ]);
    t.match((await eventsOf('operation=tokens.create')).at(-1), {
      actor: own,
      project: 'shop',
      target: { name: 'caller', roles: 'operator on shop' },
      via: 'rest',
      requestId: String,
    });
  });

  await t.test('can be filtered, combined and paged', async (t) => {
    const all = await eventsOf('');
    t.same(
      all.map(({ id }) => Number(id)),
      all.map(({ id }) => Number(id)).sort((a, b) => b - a),
      'newest first',
    );
    t.ok((await eventsOf('outcome=refused')).every(({ outcome }) => outcome === 'refused'));
    t.same(
      await eventsOf('project=other'),
      all.filter(({ project }) => project === 'other'),
    );
    t.equal((await eventsOf(`outcome=ok&project=shop&operation=volumes.create&actor=${operator.subject}`)).length, 1);
    const middle = all[Math.floor(all.length / 2)];
    const at = encodeURIComponent(middle?.at ?? '');
    const [since, until] = [await eventsOf(`since=${at}`), await eventsOf(`until=${at}`)];
    t.same([...since, ...until], all, 'since is included, until is not');

    const paged: Event[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: Event[]; nextCursor: string | null } = await stowage.get(
        `${audit}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      paged.push(...page.items);
      cursor = page.nextCursor;
    }
    t.same(paged, all);
    const { data } = await stowage.graphql('{ auditEvents(limit: 500) { items { id operation outcome } } }');
    t.same(
      data.auditEvents.items,
      all.map(({ id, operation, outcome }) => ({ id, operation, outcome })),
    );
  });

  await t.test('is read by auditors, as far as they reach', async (t) => {
    t.same((await auditor.call('GET', `${audit}?limit=500`)).body.items, await eventsOf(''));
    const { items } = (await auditorOfShop.call('GET', `${audit}?limit=500`)).body;
    t.same(items, await eventsOf('project=shop'));
    t.equal((await auditorOfShop.call('GET', `${audit}?project=other`)).body.items.length, 0);
    t.equal(await operator.code('GET', audit), 'forbidden');
    t.equal(await auditor.code('GET', '/v1/volumes'), 'forbidden', 'who read nothing else');
  });

  await t.test('holds no credential, wherever it was sent', async (t) => {
    const { key } = await newCaller(stowage, [{ role: 'viewer' }]);
    const { token } = await stowage.created('POST', '/v1/session', {});
    await stowage.call('DELETE', `/v1/tokens/${key}`);
    await stowage.call('POST', '/v1/tokens', { name: key, roles: [{ role: token }] });
    await stowage.call('GET', `/v1/snapshots/${key}`, undefined, { authorization: null });
    const client = new Client({ connectionString: stowage.database.url });
    await client.connect();
    t.teardown(() => client.end());
    const { rows } = await client.query('select e::text as row from audit_events e');
    for (const secret of [key, token, stowage.adminKey])
      t.notOk(rows.some(({ row }: { row: string }) => row.includes(secret)));
  });

  await t.test('is not escaped by characters that PostgreSQL does not take', async (t) => {
    const tooLong = `${'x'.repeat(255)}\u{1f600}`;
    for (const name of ['a\u0000b', 'a\ud800b', tooLong]) {
      const { status } = await operator.call('POST', '/v1/tokens', { name, roles: [{ role: 'viewer' }] });
      t.ok(status === 400 || status === 403, String(status));
    }
    t.equal((await eventsOf(`actor=${operator.subject}&operation=tokens.create`)).length, 3);
    t.notMatch(stowage.log(), 'an audit event could not be written');
  });
});

t.test('bad input has its own code', async (t) => {
  const stowage = await sharedStowage();
  const viewer = [{ role: 'viewer' }];
  const bad = { status: 400, body: { code: 'invalid_input' } };
  for (const body of [
    {},
    { name: 'x' },
    { name: '', roles: viewer },
    { name: 'x'.repeat(129), roles: viewer },
    { name: 'a\u0000b', roles: viewer },
    { name: 'x', roles: [] },
    { name: 'x', roles: [{ role: 'root' }] },
    { name: 'x', roles: [{ role: 'viewer', project: 'no such/name' }] },
    { name: 'x', roles: [{ role: 'viewer', scope: 'all' }] },
    { name: 'x', roles: viewer, key: 'stw_mine' },
    { name: 'x', roles: viewer, expiresAt: 'tomorrow' },
    { name: 'x', roles: viewer, expiresAt: '2020-01-01T00:00:00Z' },
    { name: 'x', roles: viewer, expiresAt: '2030-12-31T23:59:60Z' },
    { name: 'x', roles: viewer, expiresAt: '2030-01-01T00:00:00Z[Europe/Paris]' },
  ])
    t.match(await stowage.call('POST', '/v1/tokens', body), bad, JSON.stringify(body).slice(0, 80));
  for (const subject of [
    '',
    'alice',
    'key:x',
    'user:alice',
    'user:|alice',
    'system',
    'user:https://issuer.example|a\u0000b',
  ])
    t.match(await stowage.call('POST', '/v1/role-bindings', { subject, role: 'viewer' }), bad, JSON.stringify(subject));
  for (const query of [
    'since=0000-01-01T00:00:00Z',
    'since=yesterday',
    'outcome=good',
    'actor=a%00b',
    'limit=0',
    'x=1',
  ])
    t.match(await stowage.call('GET', `${audit}?${query}`), bad, query);
  t.match(await stowage.call('DELETE', '/v1/tokens/not-a-uuid'), bad);

  const cursorOf = (...key: string[]) => Buffer.from(JSON.stringify(key)).toString('base64url');
  const [time, id] = [new Date().toISOString(), '3f6c1d0e-8a47-4d3a-9b52-7c1e019ab5e4'];
  for (const [list, cursor] of [
    ['/v1/tokens', 'x'],
    ['/v1/tokens', cursorOf('x', id)],
    ['/v1/tokens', cursorOf(time, 'x')],
    ['/v1/role-bindings', cursorOf(time, id, id)],
    ['/v1/role-bindings', cursorOf('2026-13-40T00:00:00.000Z', id)],
    [audit, cursorOf('x')],
    [audit, cursorOf('9'.repeat(30))],
  ])
    t.match(
      await stowage.call('GET', `${list}?cursor=${cursor}`),
      { status: 400, body: { code: 'invalid_cursor' } },
      `${list} ${cursor}`,
    );
  t.equal((await stowage.call('GET', `/v1/tokens?cursor=${cursorOf(time, id)}`)).status, 200);
  t.match(await callerWith(stowage, stowage.adminKey).call('GET', '/v1/tokens/3F6C1D0E-8A47-4D3A-9B52-7C1E019AB5E4'), {
    status: 404,
  });
  t.notMatch(stowage.log(), /"level":50/, 'nothing of it was an unexpected error');
});
