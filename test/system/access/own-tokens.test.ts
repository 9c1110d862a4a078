import { randomUUID } from 'node:crypto';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startIssuer } from '../../machinery/oidc-issuer.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { type Caller, callerWith, graphqlCode, newCaller } from './callers.ts';

const own = '/v1/session/tokens';

t.test('the keys of a subject', async (t) => {
  const issuer = await startIssuer(t);
  const env = { STOWAGE_OIDC_ISSUER: issuer.url, STOWAGE_OIDC_AUDIENCE: issuer.audience };
  const stowage = await startStowage(t, { env });
  const docker = testDocker(t);
  const rolesOf = async (caller: Caller) => (await caller.call('GET', '/v1/session')).body.roles;
  const makeOwn = async (caller: Caller, more: object = {}) => {
    const { status, body } = await caller.call('POST', own, { name: 'mine', ...more });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return callerWith(stowage, body.key, body.id);
  };
  const bind = (subject: string, role: string, project?: string) =>
    stowage.created('POST', '/v1/role-bindings', { subject, role, ...(project === undefined ? {} : { project }) });

  await t.test('one makes keys for oneself, which are never worth more than what made them', async (t) => {
    const caller = await newCaller(stowage, [{ role: 'operator', project: 'shop' }]);
    const { items } = await stowage.get(`/v1/role-bindings?subject=${caller.subject}`);
    const child = await makeOwn(caller);
    const narrow = await makeOwn(child, { roles: [{ role: 'viewer', project: 'shop' }] });
    t.same(await rolesOf(child), [{ role: 'operator', project: 'shop' }]);
    t.same(await rolesOf(narrow), [{ role: 'viewer', project: 'shop' }]);
    t.equal((await narrow.call('GET', '/v1/session')).body.subject, caller.subject);
    for (const roles of [
      [{ role: 'admin', project: 'shop' }],
      [{ role: 'viewer', project: 'other' }],
      [{ role: 'operator' }],
    ])
      t.equal(await caller.code('POST', own, { name: 'x', roles }), 'forbidden', JSON.stringify(roles));
    t.equal(await narrow.code('POST', own, { name: 'x', roles: [{ role: 'operator', project: 'shop' }] }), 'forbidden');
    t.equal(
      await graphqlCode(
        stowage,
        narrow.key,
        'mutation { createMyToken(input: {name: "x", roles: [{role: admin}]}) { key } }',
      ),
      'forbidden',
    );
    t.equal(
      await narrow.code('POST', '/v1/tokens', { name: 'x', roles: [{ role: 'viewer', project: 'shop' }] }),
      'forbidden',
    );

    const seen = async (by: Caller) =>
      (await by.call('GET', own)).body.items.map(({ id }: { id: string }) => id).sort();
    t.same(await seen(caller), [caller.id, child.id, narrow.id].sort());
    t.same(await seen(narrow), [narrow.id], 'with a key one sees what hangs on it');
    for (const other of [caller.id, child.id, randomUUID()]) {
      t.equal(
        await narrow.code('POST', `${own}/${other}/rotation`, {}),
        'token_not_found',
        'nor gets at what is worth more',
      );
      t.equal(await narrow.code('DELETE', `${own}/${other}`), 'token_not_found');
    }

    const volume = docker.name('shared');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'other' });
    await stowage.created('POST', '/v1/shares', { name: volume, host: 'local', volume });
    const subject = { kind: 'service', value: caller.subject };
    await stowage.created('POST', `/v1/shares/${volume}/rules`, { subject, access: 'ro' });
    const shared = `/v1/hosts/local/volumes/${volume}`;
    t.equal(await child.code('GET', shared), undefined, 'what is shared with the subject is seen with its keys');
    t.equal(await narrow.code('GET', shared), 'volume_not_found', 'and not with one that was narrowed');
    t.equal(await narrow.code('GET', `/v1/shares/${volume}`), 'share_not_found');

    await stowage.call('DELETE', `/v1/role-bindings/${items[0].id}`);
    await bind(caller.subject, 'viewer', 'shop');
    t.same(await rolesOf(child), [{ role: 'viewer', project: 'shop' }], 'rights that the maker lost are lost');
    await bind(caller.subject, 'admin', 'shop');
    t.same(await rolesOf(narrow), [{ role: 'viewer', project: 'shop' }], 'and what it was narrowed to stays');
    t.equal(await caller.code('DELETE', `${own}/${child.id}`), undefined);
    for (const gone of [child, narrow]) t.equal(await gone.code('GET', '/v1/session'), 'token_revoked');
    t.equal(await caller.code('GET', '/v1/session'), undefined);
    t.equal(
      await graphqlCode(stowage, caller.key, `mutation { revokeMyToken(input: {token: "${caller.id}"}) { id } }`),
      undefined,
    );
    t.equal(await caller.code('GET', '/v1/session'), 'token_revoked', 'one may revoke oneself');
  });

  await t.test('what a key makes ends with it, and no later', async (t) => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const later = new Date(Date.now() + 7_200_000).toISOString();
    const admin = await newCaller(stowage, [{ role: 'admin', project: 'shop' }], { expiresAt: soon });
    const roles = [{ role: 'admin', project: 'shop' }];
    const { body: account } = await admin.call('POST', '/v1/service-accounts', { name: 'deploy', project: 'shop' });
    for (const [path, body] of [
      [own, { name: 'x' }],
      ['/v1/tokens', { name: 'x', roles }],
      [`/v1/service-accounts/${account.id}/tokens`, { name: 'x' }],
    ] as const) {
      const { body: made } = await admin.call('POST', path, body);
      t.equal(made.expiresAt, soon, path);
      t.match(await admin.call('POST', path, { ...body, expiresAt: later }), {
        status: 400,
        body: { detail: /cannot end later/ },
      });
    }
    const lasting = await newCaller(stowage, roles);
    t.equal(
      await admin.code('POST', `/v1/tokens/${lasting.id}/rotation`, {}),
      'invalid_input',
      'nor does it get at a key that ends later',
    );

    const { body: made } = await admin.call('POST', '/v1/tokens', { name: 'x', roles });
    t.equal(made.boundTo, admin.subject);
    const minted = callerWith(stowage, made.key, made.id);
    const { body: second } = await minted.call('POST', '/v1/tokens', { name: 'y', roles });
    const grandchild = callerWith(stowage, second.key, second.id);
    t.equal(await grandchild.code('GET', '/v1/volumes'), undefined);
    const session = callerWith(stowage, (await grandchild.call('POST', '/v1/session', {})).body.token);
    for (const [path, body] of [
      [own, { name: 'x' }],
      ['/v1/tokens', { name: 'x', roles }],
      [`/v1/tokens/${second.id}/rotation`, {}],
      [`${own}/${second.id}/rotation`, {}],
    ] as const)
      t.equal(await session.code('POST', path, body), 'forbidden', `a session gets at no key: ${path}`);
    await stowage.call('DELETE', `/v1/tokens/${admin.id}`);
    for (const gone of [minted, grandchild, session]) t.equal(await gone.code('GET', '/v1/volumes'), 'token_revoked');

    let deep = lasting;
    for (let depth = 1; depth <= 8; depth += 1) deep = await makeOwn(deep);
    t.equal(await deep.code('GET', '/v1/volumes'), undefined);
    t.equal(await deep.code('POST', own, { name: 'x' }), 'forbidden', 'a chain has an end');
  });

  await t.test('a user of the issuer has keys, which follow what is bound to the user', async (t) => {
    const alice = callerWith(stowage, await issuer.token());
    const subject = `user:${issuer.url}|alice`;
    t.equal(await alice.code('POST', own, { name: 'x' }), 'forbidden', 'without a role there is nothing to carry');
    const binding = await bind(subject, 'viewer', 'shop');
    const key = await makeOwn(alice);
    t.match((await key.call('GET', '/v1/session')).body, { subject, name: 'mine' });
    t.same(
      (await alice.call('GET', own)).body.items.map(({ id }: { id: string }) => id),
      [key.id],
    );
    t.equal(
      await callerWith(stowage, await issuer.token({ claims: { sub: 'bob' } })).code('DELETE', `${own}/${key.id}`),
      'token_not_found',
    );
    t.equal(
      (await stowage.call('POST', `/v1/tokens/${key.id}/rotation`, {})).body.code,
      'forbidden',
      'nobody takes the key of a user',
    );
    await stowage.call('DELETE', `/v1/role-bindings/${binding.id}`);
    t.equal(await key.code('GET', '/v1/volumes'), 'forbidden');
  });

  await t.test('a token gets a new key; the old one ends when it was said', async (t) => {
    const caller = await newCaller(stowage, [{ role: 'viewer', project: 'shop' }]);
    const child = await makeOwn(caller);
    const session = callerWith(stowage, (await caller.call('POST', '/v1/session', {})).body.token);
    const headers = { authorization: `Bearer ${caller.key}`, 'idempotency-key': randomUUID() };
    const path = `${own}/${caller.id}/rotation`;
    const first = await stowage.call('POST', path, { overlapSeconds: 600 }, headers);
    t.match(first, { status: 200, body: { id: caller.id, subject: caller.subject, rotatedAt: String } });
    t.not(first.body.key, caller.key);
    const seconds = (Date.parse(first.body.oldKeyEndsAt) - Date.now()) / 1000;
    t.ok(seconds > 590 && seconds <= 600, `${seconds} seconds`);
    t.same(
      (await stowage.call('POST', path, { overlapSeconds: 600 }, headers)).body,
      first.body,
      'a repeated call shows it again',
    );
    const fresh = callerWith(stowage, first.body.key, caller.id);
    for (const good of [caller, fresh, child, session]) t.equal(await good.code('GET', '/v1/volumes'), undefined);

    const { body: last } = await stowage.call('POST', `/v1/tokens/${caller.id}/rotation`, { overlapSeconds: 0 });
    t.equal(last.oldKeyEndsAt, null);
    for (const gone of [caller, fresh, session]) t.equal(await gone.code('GET', '/v1/volumes'), 'token_revoked');
    t.equal(await graphqlCode(stowage, fresh.key, '{ me { name } }'), 'token_revoked');
    t.equal(await child.code('GET', '/v1/volumes'), undefined, 'what hangs on the token goes on');
    t.equal(await callerWith(stowage, last.key).code('GET', '/v1/volumes'), undefined);
    t.match(await stowage.get(`/v1/tokens/${caller.id}`), { lastUsedFrom: '127.0.0.1', lastUsedAt: String });
    await stowage.call('DELETE', `/v1/tokens/${caller.id}`);
    t.match(await stowage.call('POST', `/v1/tokens/${caller.id}/rotation`, {}), {
      status: 409,
      body: { code: 'token_ended' },
    });
  });

  await t.test('the key of the file admin.key that was rotated away is not taken for a new one', async (t) => {
    const { key: id } = await stowage.get('/v1/session');
    const { key } = await stowage.post(`${own}/${id}/rotation`, { overlapSeconds: 0 });
    await stowage.stop();
    const next = await startStowage(t, { database: stowage.database, state: stowage.state, env });
    t.equal(await callerWith(next, stowage.adminKey).code('GET', '/v1/session'), 'token_revoked');
    t.equal(await callerWith(next, key).code('GET', '/v1/tokens'), undefined);
  });
});
