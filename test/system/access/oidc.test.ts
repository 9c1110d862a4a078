import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { startIssuer } from '../../machinery/oidc-issuer.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { callerWith, eventsOf, graphqlCode } from './callers.ts';

t.test('users of an OIDC issuer', async (t) => {
  const issuer = await startIssuer(t);
  const env = { STOWAGE_OIDC_ISSUER: issuer.url, STOWAGE_OIDC_AUDIENCE: issuer.audience };
  const stowage = await startStowage(t, { env });
  const alice = callerWith(stowage, await issuer.token());
  const subject = `user:${issuer.url}|alice`;

  await t.test('have the roles that are bound to them, and no others', async (t) => {
    const boastful = {
      roles: ['admin'],
      role: 'admin',
      groups: ['admin'],
      scope: 'admin',
      grants: [{ role: 'admin' }],
    };
    const claiming = callerWith(stowage, await issuer.token({ claims: boastful }));
    t.same((await claiming.call('GET', '/v1/session')).body, { subject, name: 'Alice', roles: [], key: null });
    t.equal(await claiming.code('GET', '/v1/volumes'), 'forbidden');
    await stowage.created('POST', '/v1/role-bindings', { subject, role: 'admin', project: 'shop' });
    t.equal(await alice.code('GET', '/v1/volumes'), undefined);
    t.equal(await graphqlCode(stowage, alice.key, '{ volumes { nextCursor } }'), undefined);
    const roles = [{ role: 'viewer', project: 'shop' }];
    const { body: made } = await alice.call('POST', '/v1/tokens', { name: 'ci', roles });
    t.equal(made.createdBy, subject);
    t.equal(await alice.code('POST', '/v1/tokens', { name: 'ci', roles: [{ role: 'viewer' }] }), 'forbidden');
    t.match(await eventsOf(stowage, 'tokens.create', '&outcome=refused'), [{ actor: subject, code: 'forbidden' }]);
    const bob = callerWith(stowage, await issuer.token({ claims: { sub: 'bob' } }));
    t.equal(await bob.code('GET', '/v1/volumes'), 'forbidden');
  });

  await t.test('use the token as it is: it is exchanged for no session', async (t) => {
    t.equal(await alice.code('POST', '/v1/session', {}), 'forbidden');
  });

  await t.test('repeat a command under an idempotency key', async (t) => {
    const body = { name: 'once', roles: [{ role: 'viewer', project: 'shop' }] };
    const headers = { authorization: `Bearer ${alice.key}`, 'idempotency-key': randomUUID() };
    const first = await stowage.call('POST', '/v1/tokens', body, headers);
    t.equal(first.status, 201);
    t.same((await stowage.call('POST', '/v1/tokens', body, headers)).body, first.body);
  });

  await t.test('are refused with a bad token, in both interfaces, and it is audited', async (t) => {
    const now = Math.floor(Date.now() / 1000);
    const bad = {
      unauthenticated: [
        await issuer.token({ claims: { aud: 'other' } }),
        await issuer.token({ claims: { iss: 'https://issuer.example' } }),
        await issuer.token({ header: { alg: 'HS256' }, key: Buffer.alloc(32) }),
        `${alice.key.slice(0, -4)}AAAA`,
      ],
      token_expired: [await issuer.token({ claims: { exp: now - 60 } })],
    };
    for (const [code, tokens] of Object.entries(bad))
      for (const token of tokens) {
        t.match(await callerWith(stowage, token).call('GET', '/v1/hosts'), { status: 401, body: { code } });
        t.equal(await graphqlCode(stowage, token, '{ me { name } }'), code);
      }
    t.equal((await eventsOf(stowage, 'hosts.list', '&outcome=refused')).length, 5);
  });

  await t.test('are known under new keys of the issuer', async (t) => {
    await issuer.rotate();
    await sleep(5_100);
    const token = await issuer.token();
    t.equal(await callerWith(stowage, token).code('GET', '/v1/volumes'), undefined);
    t.equal(await alice.code('GET', '/v1/volumes'), 'unauthenticated', 'the old key was withdrawn');
  });

  await t.test('of which one is made an admin: then the first key may go', async (t) => {
    await stowage.created('POST', '/v1/role-bindings', { subject, role: 'admin' });
    const id = (await stowage.get('/v1/session')).subject.slice('key:'.length);
    const admin = callerWith(stowage, await issuer.token());
    t.equal(await admin.code('DELETE', `/v1/tokens/${id}`), undefined);
    const { items } = (await admin.call('GET', `/v1/role-bindings?subject=${encodeURIComponent(subject)}`)).body;
    const own = items.find(({ project }: { project: string | null }) => project === null);
    t.equal(await admin.code('DELETE', `/v1/role-bindings/${own.id}`), 'last_admin');
  });
});

t.test('an issuer that is away keeps its own users out, and nobody else', async (t) => {
  const issuer = await startIssuer(t);
  const env = { STOWAGE_OIDC_ISSUER: issuer.url, STOWAGE_OIDC_AUDIENCE: issuer.audience };
  const token = await issuer.token();
  await issuer.close();
  const stowage = await startStowage(t, { env });
  const alice = callerWith(stowage, token);
  t.match(await alice.call('GET', '/v1/session'), { status: 503, body: { code: 'issuer_unavailable' } });
  t.equal(await graphqlCode(stowage, token, '{ me { name } }'), 'issuer_unavailable');
  t.equal((await stowage.get('/v1/session')).name, 'first admin');
  await issuer.open();
  t.equal((await alice.call('GET', '/v1/session')).body.name, 'Alice');
});
