import t from 'tap';
import { startStowage } from '../../machinery/stowage.ts';
import { callerWith, graphqlCode, newCaller } from './callers.ts';

t.test('a service account has roles and several keys, and loses both at once', async (t) => {
  const stowage = await startStowage(t);
  const admin = await newCaller(stowage, [{ role: 'admin', project: 'shop' }]);
  const stranger = await newCaller(stowage, [{ role: 'admin', project: 'other' }]);
  const { body: account } = await admin.call('POST', '/v1/service-accounts', { name: 'ci', project: 'shop' });
  t.match(account, { subject: 'service:shop/ci', project: 'shop', disabledAt: null, version: 1 });
  const address = `/v1/service-accounts/${account.id}`;
  const tokens = `${address}/tokens`;
  const [one, two] = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const { body } = await admin.call('POST', tokens, { name });
      return callerWith(stowage, body.key, body.id);
    }),
  );
  if (one === undefined || two === undefined) throw new Error('no keys');
  t.equal(await one.code('GET', '/v1/volumes'), 'forbidden', 'it has no role yet');
  const { body: binding } = await admin.call('POST', '/v1/role-bindings', {
    subject: account.subject,
    role: 'operator',
    project: 'shop',
  });
  t.equal(await one.code('GET', '/v1/volumes'), undefined);
  t.equal(await graphqlCode(stowage, two.key, '{ volumes { nextCursor } }'), undefined);
  t.match((await two.call('GET', '/v1/session')).body, { subject: account.subject, name: 'two', key: two.id });
  const listed = await admin.call('GET', `/v1/tokens?subject=${account.subject}`);
  t.same(listed.body.items.map(({ id }: { id: string }) => id).sort(), [one.id, two.id].sort());

  for (const [method, path, body] of [
    ['GET', address, undefined],
    ['PATCH', address, { isDisabled: true }],
    ['POST', tokens, { name: 'x' }],
    ['DELETE', address, undefined],
    ['POST', '/v1/role-bindings', { subject: account.subject, role: 'viewer', project: 'other' }],
  ] as const)
    t.match(await stranger.call(method, path, body), { status: 404, body: { code: 'service_account_not_found' } });
  t.equal((await stranger.call('GET', '/v1/service-accounts')).body.items.length, 0);
  t.equal(
    await stranger.code('POST', '/v1/service-accounts', { name: 'ci', project: 'other' }),
    undefined,
    'a name tells nothing of another project',
  );
  t.match(
    await stowage.call('POST', '/v1/role-bindings', { subject: account.subject, role: 'viewer', project: 'other' }),
    {
      status: 403,
      body: { detail: /gets roles there only/ },
    },
    'who administers its project makes its keys, so it gets nothing elsewhere, not even from an admin of everything',
  );
  t.equal(await admin.code('POST', '/v1/service-accounts', { name: 'everywhere' }), 'forbidden');

  t.match((await admin.call('PATCH', address, { isDisabled: true })).body, { version: 2, disabledAt: String });
  t.match(await one.call('GET', '/v1/session'), { status: 401, body: { code: 'service_account_disabled' } });
  t.equal(await graphqlCode(stowage, two.key, '{ me { name } }'), 'service_account_disabled');
  await admin.call('PATCH', address, { isDisabled: false });
  t.equal(await one.code('GET', '/v1/volumes'), undefined);

  t.equal((await admin.call('DELETE', address)).status, 200);
  for (const caller of [one, two]) t.equal(await caller.code('GET', '/v1/session'), 'token_revoked');
  t.equal(await admin.code('GET', address), 'service_account_not_found');
  t.equal(await admin.code('DELETE', `/v1/role-bindings/${binding.id}`), 'role_binding_not_found');
  t.equal(await admin.code('POST', '/v1/service-accounts', { name: 'ci', project: 'shop' }), 'service_account_exists');
  t.equal(
    await admin.code('POST', '/v1/role-bindings', { subject: account.subject, role: 'viewer', project: 'shop' }),
    'service_account_not_found',
  );
});
