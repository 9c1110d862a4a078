import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import t from 'tap';
import { startStowage } from '../../machinery/stowage.ts';
import { callerWith, eventsOf, graphqlCode, newCaller } from './callers.ts';

const me = '{ me { subject } }';
const unknownKey = `stw_0123abcd_${'A'.repeat(43)}`;

t.test('credentials', async (t) => {
  const stowage = await startStowage(t);
  const client = new Client({ connectionString: stowage.database.url });
  await client.connect();
  t.teardown(() => client.end());

  await t.test('a key is shown once, and kept as a hash', async (t) => {
    const made = await stowage.created('POST', '/v1/tokens', { name: 'ci', roles: [{ role: 'viewer' }] });
    t.match(made, { name: 'ci', roles: [{ role: 'viewer', project: null }], expiresAt: null, lastUsedAt: null });
    t.ok(made.key.startsWith(made.prefix));
    t.notMatch(await stowage.get(`/v1/tokens/${made.id}`), { key: String });
    t.notMatch(JSON.stringify(await stowage.get('/v1/tokens')), made.key);
    const { rows } = await client.query(
      'select row_to_json(k)::text || row_to_json(s)::text as row from api_keys k join api_key_secrets s on s.key_id = k.id',
    );
    t.notMatch(JSON.stringify(rows), made.key);
    const { body } = await callerWith(stowage, made.key).call('GET', '/v1/session');
    t.same(body, {
      subject: `key:${made.id}`,
      name: 'ci',
      roles: [{ role: 'viewer', project: null }],
      key: made.id,
    });
  });

  await t.test('what is no credential is refused in both interfaces, and audited', async (t) => {
    for (const bad of [unknownKey, 'stw_short', 'nonsense', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJrZXk6eCJ9.']) {
      const { status, body, headers } = await callerWith(stowage, bad).call('GET', '/v1/volumes');
      t.match({ status, body }, { status: 401, body: { code: 'unauthenticated' } }, bad);
      t.equal(headers.get('www-authenticate'), 'Bearer');
      t.equal(await graphqlCode(stowage, bad, me), 'unauthenticated', bad);
    }
    for (const header of ['', 'Bearer', `Basic ${stowage.adminKey}`, stowage.adminKey, `Bearer ${stowage.adminKey} x`])
      t.equal((await stowage.call('GET', '/v1/volumes', undefined, { authorization: header })).status, 401, header);
    t.equal((await stowage.call('GET', '/v1/volumes', undefined, { authorization: null })).status, 401);
    t.equal(
      (await stowage.call('GET', `/v1/volumes?key=${stowage.adminKey}`, undefined, { authorization: null })).status,
      401,
    );

    const refused = { outcome: 'refused', code: 'unauthenticated', actor: null };
    const overRest = await eventsOf(stowage, 'volumes.list');
    t.equal(overRest.length, 12);
    t.match(
      overRest,
      overRest.map(() => ({ ...refused, via: 'rest' })),
    );
    const overGraphql = await eventsOf(stowage, 'graphql');
    t.match(
      overGraphql,
      Array.from({ length: 5 }, () => ({ ...refused, via: 'graphql' })),
    );
  });

  await t.test('an expired key is told so, also its session', async (t) => {
    const caller = await newCaller(stowage, [{ role: 'viewer' }], { expiresAt: new Date(Date.now() + 3_000) });
    const { body: session } = await caller.call('POST', '/v1/session', {});
    t.equal(await caller.code('GET', '/v1/volumes'), undefined);
    t.equal(await callerWith(stowage, session.token).code('GET', '/v1/volumes'), undefined);
    await sleep(3_100);
    for (const credential of [caller.key, session.token]) {
      t.equal(await callerWith(stowage, credential).code('GET', '/v1/volumes'), 'token_expired');
      t.equal(await graphqlCode(stowage, credential, me), 'token_expired');
    }
    t.match(await eventsOf(stowage, 'volumes.list', '&outcome=refused'), [{ code: 'token_expired' }]);
  });

  await t.test('a revoked key ends at once, also its sessions, in every replica', async (t) => {
    const second = await startStowage(t, { database: stowage.database, state: stowage.state, roles: 'api' });
    const caller = await newCaller(stowage, [{ role: 'viewer' }]);
    const { body: session } = await caller.call('POST', '/v1/session', {});
    t.equal(await callerWith(second, session.token).code('GET', '/v1/volumes'), undefined, 'good in both');
    const { status, body } = await stowage.call('DELETE', `/v1/tokens/${caller.id}`);
    t.equal(status, 200);
    t.ok(body.revokedAt);
    for (const replica of [stowage, second])
      for (const credential of [caller.key, session.token]) {
        t.equal(await callerWith(replica, credential).code('GET', '/v1/volumes'), 'token_revoked');
        t.equal(await graphqlCode(replica, credential, me), 'token_revoked');
      }
    const { body: again } = await stowage.call('DELETE', `/v1/tokens/${caller.id}`);
    t.equal(again.revokedAt, body.revokedAt, 'revoking again changes nothing');
    t.match((await eventsOf(stowage, 'tokens.revoke'))[0], { outcome: 'ok', target: { token: caller.id } });
  });

  await t.test('roles that are given or taken count from the next call on', async (t) => {
    const caller = await newCaller(stowage, [{ role: 'auditor' }]);
    const { token } = (await caller.call('POST', '/v1/session', {})).body;
    const session = callerWith(stowage, token);
    t.equal(await session.code('GET', '/v1/volumes'), 'forbidden');
    const binding = await stowage.created('POST', '/v1/role-bindings', { subject: caller.subject, role: 'viewer' });
    t.equal(await session.code('GET', '/v1/volumes'), undefined);
    t.equal((await stowage.call('DELETE', `/v1/role-bindings/${binding.id}`)).status, 200);
    t.equal(await session.code('GET', '/v1/volumes'), 'forbidden');
  });

  await t.test('a session is exchanged for a key, and not for another session', async (t) => {
    const caller = await newCaller(stowage, [{ role: 'viewer' }]);
    const { status, body } = await caller.call('POST', '/v1/session', {});
    t.equal(status, 201);
    t.equal(body.tokenType, 'Bearer');
    const seconds = (Date.parse(body.expiresAt) - Date.now()) / 1000;
    t.ok(seconds > 890 && seconds <= 900, `${seconds} seconds`);
    const claims = JSON.parse(Buffer.from(body.token.split('.')[1], 'base64url').toString());
    t.equal(claims.exp * 1000, Date.parse(body.expiresAt), 'it lasts as long as is said');
    const session = callerWith(stowage, body.token);
    t.equal((await session.call('GET', '/v1/session')).body.subject, caller.subject);
    t.equal(await session.code('POST', '/v1/session', {}), 'forbidden');
    t.equal(await graphqlCode(stowage, body.token, 'mutation { createSession { token } }'), 'forbidden');
    t.match((await eventsOf(stowage, 'sessions.create'))[0], { outcome: 'refused', actor: caller.subject });
  });

  await t.test('the last use is noted, once a minute', async (t) => {
    const caller = await newCaller(stowage, [{ role: 'viewer' }]);
    const lastUse = async () => (await stowage.get(`/v1/tokens/${caller.id}`)).lastUsedAt;
    t.equal(await lastUse(), null);
    await Promise.all(Array.from({ length: 10 }, () => caller.call('GET', '/v1/session')));
    const first = await lastUse();
    t.ok(Math.abs(Date.parse(first) - Date.now()) < 10_000);
    await caller.call('GET', '/v1/session');
    t.equal(await lastUse(), first);
    await client.query("update api_keys set last_used_at = now() - interval '61 seconds' where id = $1", [caller.id]);
    await caller.call('GET', '/v1/session');
    t.not(await lastUse(), first);
  });
});

t.test('a session that expires', async (t) => {
  const stowage = await startStowage(t, { env: { STOWAGE_SESSION_SECONDS: '1' } });
  const { token } = await stowage.created('POST', '/v1/session', {});
  t.equal(await callerWith(stowage, token).code('GET', '/v1/volumes'), undefined);
  await sleep(2_100);
  t.equal(await callerWith(stowage, token).code('GET', '/v1/volumes'), 'token_expired');
  t.equal(await graphqlCode(stowage, token, me), 'token_expired');
  t.equal((await stowage.get('/v1/session')).name, 'first admin', 'its key goes on');
});

t.test('a session of another installation is none here', async (t) => {
  const [here, there] = await Promise.all([startStowage(t), startStowage(t)]);
  const { token } = await there.created('POST', '/v1/session', {});
  t.equal(await callerWith(here, token).code('GET', '/v1/volumes'), 'unauthenticated');
  t.equal(await callerWith(here, there.adminKey).code('GET', '/v1/volumes'), 'unauthenticated');
});
