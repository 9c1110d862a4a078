import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import t, { type Test } from 'tap';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';
import { callerWith, eventsOf, newCaller } from './callers.ts';

const admin = [{ role: 'admin' }];
const idOf = async (stowage: Stowage) => (await stowage.get('/v1/session')).subject.slice('key:'.length);

async function connect(t: Test, { database }: Stowage): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  t.teardown(() => client.end());
  return client;
}

t.test('the last admin stays', async (t) => {
  const stowage = await startStowage(t);
  const id = await idOf(stowage);
  const last = { status: 409, body: { code: 'last_admin' } };

  await t.test('neither revoked nor without its role', async (t) => {
    const { items } = await stowage.get(`/v1/role-bindings?subject=key:${id}`);
    t.match(await stowage.call('DELETE', `/v1/tokens/${id}`), last);
    t.match(await stowage.call('DELETE', `/v1/role-bindings/${items[0].id}`), last);
    const { data } = await stowage.graphql(`{ token(token: "${id}") { revokedAt roles { role } } }`);
    t.same(data.token, { revokedAt: null, roles: [{ role: 'admin' }] });
    t.match(await eventsOf(stowage, 'tokens.revoke'), [
      { outcome: 'failed', code: 'last_admin', target: { token: id } },
    ]);
  });

  await t.test('others do not count who could not act', async (t) => {
    const revoked = await newCaller(stowage, admin);
    await stowage.call('DELETE', `/v1/tokens/${revoked.id}`);
    await newCaller(stowage, [{ role: 'admin', project: 'a' }]);
    await newCaller(stowage, admin, { expiresAt: new Date(Date.now() + 500) });
    const user = { subject: 'user:https://issuer.example|alice', role: 'admin' };
    await stowage.created('POST', '/v1/role-bindings', user);
    await sleep(600);
    t.match(await stowage.call('DELETE', `/v1/tokens/${id}`), last, 'revoked, of a project, expired, of no issuer');
  });

  await t.test('of two who revoke each other at once, one stays', async (t) => {
    const second = await startStowage(t, { database: stowage.database, state: stowage.state, roles: 'api' });
    const [one, two] = [await newCaller(stowage, admin), await newCaller(stowage, admin)];
    const [first, other] = [callerWith(stowage, one.key), callerWith(second, two.key)];
    // The first use of a key writes to its row, which is locked below.
    t.same([await first.code('GET', '/v1/session'), await other.code('GET', '/v1/session')], [undefined, undefined]);
    const { items } = await stowage.get(`/v1/role-bindings?subject=key:${id}`);
    t.equal(await first.code('DELETE', `/v1/role-bindings/${items[0].id}`), undefined, 'the first admin steps aside');

    const client = await connect(t, stowage);
    await client.query('begin');
    await client.query('select from api_keys for update');
    const codes = Promise.all([
      first.code('DELETE', `/v1/tokens/${two.id}`),
      other.code('DELETE', `/v1/tokens/${one.id}`),
    ]);
    const watcher = await connect(t, stowage);
    const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while ((await watcher.query(waiting)).rowCount !== 2) await sleep(20);
    await client.query('rollback');
    t.same((await codes).sort(), ['last_admin', undefined]);
  });
});

t.test('where no admin is left, keys can still be revoked', async (t) => {
  const stowage = await startStowage(t);
  const ofA = await newCaller(stowage, [{ role: 'admin', project: 'a' }]);
  const leaked = await newCaller(stowage, [{ role: 'operator', project: 'a' }]);
  const soonGone = await newCaller(stowage, admin, { expiresAt: new Date(Date.now() + 3_000) });
  t.equal(await soonGone.code('DELETE', `/v1/tokens/${await idOf(stowage)}`), undefined);
  await sleep(3_100);
  t.equal(await ofA.code('DELETE', `/v1/tokens/${leaked.id}`), undefined);
  t.equal(await leaked.code('GET', '/v1/volumes'), 'token_revoked');

  await stowage.stop();
  const next = await startStowage(t, { database: stowage.database, state: stowage.state });
  t.not(next.adminKey, stowage.adminKey, 'and a restart makes a new admin key');
  t.match((await next.get('/v1/session')).roles, [{ role: 'admin', project: null }]);
});
