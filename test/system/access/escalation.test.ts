import { randomUUID } from 'node:crypto';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { eventsOf, graphqlCode, newCaller } from './callers.ts';

const roles = '/v1/role-bindings';

t.test('what a caller may do is what their roles reach', async (t) => {
  const stowage = await startStowage(t);
  const docker = testDocker(t);
  const ofA = await newCaller(stowage, [{ role: 'admin', project: 'a' }]);
  const ofB = await newCaller(stowage, [{ role: 'admin', project: 'b' }]);
  const ofBoth = await newCaller(stowage, [
    { role: 'admin', project: 'a' },
    { role: 'admin', project: 'b' },
  ]);
  const viewerOfA = await newCaller(stowage, [{ role: 'viewer', project: 'a' }]);
  const volumes = { a: docker.name('a'), b: docker.name('b'), none: docker.name('none') };
  for (const [project, name] of Object.entries(volumes))
    await stowage.created('POST', '/v1/hosts/local/volumes', { name, ...(project === 'none' ? {} : { project }) });
  const addressOf = (name: string) => `/v1/hosts/local/volumes/${name}`;

  await t.test("another project's volume is not there, in both interfaces", async (t) => {
    const hidden = [volumes.b, volumes.none, 'no-such-volume'];
    for (const name of hidden) {
      const query = `{ volume(host: "local", name: "${name}") { name } }`;
      t.equal(await graphqlCode(stowage, ofA.key, query), 'volume_not_found', query);
      for (const [method, path, body] of [
        ['GET', addressOf(name), undefined],
        ['PATCH', addressOf(name), { class: 'cache' }],
        ['DELETE', `${addressOf(name)}?confirm=${name}`, undefined],
        ['POST', `${addressOf(name)}/backups`, {}],
      ] as const)
        t.match(
          await ofA.call(method, path, body),
          { status: 404, body: { code: 'volume_not_found' } },
          `${method} ${path}`,
        );
    }
    const { items } = (await ofA.call('GET', '/v1/volumes')).body;
    t.same(
      items.map(({ name }: { name: string }) => name),
      [volumes.a],
    );
    const events = await eventsOf(stowage, 'volumes.get', '&outcome=refused');
    const refusedOn = events.map(({ actor, target, project }) => [actor, target.name, project]);
    t.same(
      refusedOn,
      [
        [ofA.subject, volumes.none, null],
        [ofA.subject, volumes.none, null],
        [ofA.subject, volumes.b, 'b'],
        [ofA.subject, volumes.b, 'b'],
      ],
      'the audit tells what was there from what was not',
    );
  });

  await t.test('a volume is not taken to another project', async (t) => {
    t.equal(await ofA.code('PATCH', addressOf(volumes.a), { project: 'b' }), 'forbidden');
    await ofA.call('PATCH', addressOf(volumes.a), { project: null });
    t.equal((await stowage.get(addressOf(volumes.a))).project, 'a', 'its label still says so');
    t.equal(await ofA.code('POST', '/v1/hosts/local/volumes', { name: docker.name('x'), project: 'b' }), 'forbidden');
    t.equal(await ofA.code('POST', '/v1/hosts/local/volumes', { name: docker.name('y') }), 'forbidden');
  });

  await t.test('who has a role gives no more than that', async (t) => {
    const attempts: [Record<string, string>[], string | undefined][] = [
      [[{ role: 'viewer', project: 'a' }], undefined],
      [[{ role: 'admin', project: 'a' }], undefined],
      [[{ role: 'viewer', project: 'b' }], 'forbidden'],
      [[{ role: 'viewer' }], 'forbidden'],
      [[{ role: 'admin' }], 'forbidden'],
      [[{ role: 'auditor' }], 'forbidden'],
      [[{ role: 'viewer', project: 'a' }, { role: 'viewer' }], 'forbidden'],
    ];
    for (const [wanted, code] of attempts) {
      const what = JSON.stringify(wanted);
      t.equal(await ofA.code('POST', '/v1/tokens', { name: 'x', roles: wanted }), code, `key with ${what}`);
      if (wanted.length > 1) continue;
      const binding = { subject: `user:https://issuer.example|${randomUUID()}`, ...wanted[0] };
      t.equal(await ofA.code('POST', roles, binding), code, `binding of ${what}`);
      t.equal(await viewerOfA.code('POST', roles, binding), 'forbidden', `binding of ${what} by a viewer`);
      t.equal(await viewerOfA.code('POST', '/v1/tokens', { name: 'x', roles: wanted }), 'forbidden');
    }
    const query = 'mutation { createToken(input: {name: "x", roles: [{role: admin}]}) { key } }';
    t.equal(await graphqlCode(stowage, ofA.key, query), 'forbidden');
    t.equal(await ofA.code('POST', roles, { subject: ofA.subject, role: 'admin' }), 'forbidden', 'nor to oneself');
    const refused = await eventsOf(stowage, 'tokens.create', `&outcome=refused&actor=${ofA.subject}`);
    t.match(refused[0], { code: 'forbidden', target: { name: 'x', roles: 'admin' }, via: 'graphql' });
    t.equal(refused.length, 6);
  });

  await t.test('a key is seen and revoked by who administers all it can do', async (t) => {
    const inA = await newCaller(stowage, [{ role: 'viewer', project: 'a' }]);
    const inBoth = await newCaller(stowage, [
      { role: 'viewer', project: 'a' },
      { role: 'viewer', project: 'b' },
    ]);
    const everywhere = await newCaller(stowage, [{ role: 'viewer' }]);
    const seenBy = async (caller: typeof ofA) => {
      const { items } = (await caller.call('GET', '/v1/tokens?limit=500')).body;
      return items.map(({ id }: { id: string }) => id);
    };
    const seen = await seenBy(ofA);
    t.ok(seen.includes(inA.id) && seen.includes(ofA.id));
    t.notOk(seen.includes(inBoth.id) || seen.includes(everywhere.id) || seen.includes(ofB.id));
    t.ok((await seenBy(ofBoth)).includes(inBoth.id));
    for (const method of ['GET', 'DELETE'] as const)
      for (const { id } of [inBoth, everywhere, ofB, { id: randomUUID() }])
        t.match(await ofA.call(method, `/v1/tokens/${id}`), { status: 404, body: { code: 'token_not_found' } });
    t.equal(await viewerOfA.code('DELETE', `/v1/tokens/${inA.id}`), 'forbidden');
    t.equal(await viewerOfA.code('GET', '/v1/tokens'), 'forbidden');
    t.equal(await ofBoth.code('DELETE', `/v1/tokens/${inBoth.id}`), undefined);
    t.equal(await inBoth.code('GET', '/v1/volumes'), 'token_revoked');
    t.equal(await ofA.code('DELETE', `/v1/tokens/${inA.id}`), undefined);
    t.match((await eventsOf(stowage, 'tokens.revoke', '&outcome=ok'))[0], { project: 'a', actor: ofA.subject });
  });

  await t.test("nobody puts another's key out of their reach", async (t) => {
    const inB = await newCaller(stowage, [{ role: 'viewer', project: 'b' }]);
    const binding = { subject: inB.subject, role: 'viewer', project: 'a' };
    t.equal(await ofA.code('POST', roles, binding), 'token_not_found');
    t.equal(await ofA.code('POST', roles, { ...binding, subject: `key:${randomUUID()}` }), 'token_not_found');
    t.equal(
      await stowage.call('POST', roles, { ...binding, subject: `key:${randomUUID()}` }).then(({ body }) => body.code),
      'token_not_found',
    );
    t.equal(await ofB.code('DELETE', `/v1/tokens/${inB.id}`), undefined, 'its admin still revokes it');
  });

  await t.test('bindings are seen and taken where one administers', async (t) => {
    const subject = 'user:https://issuer.example|carol';
    const make = (project?: string) =>
      stowage.created('POST', roles, { subject, role: 'viewer', ...(project === undefined ? {} : { project }) });
    const [inA, inB, everywhere] = [await make('a'), await make('b'), await make()];
    const { items } = (await ofA.call('GET', `${roles}?subject=${encodeURIComponent(subject)}`)).body;
    t.same(items, [inA]);
    for (const { id } of [inB, everywhere, { id: randomUUID() }])
      t.match(await ofA.call('DELETE', `${roles}/${id}`), { status: 404, body: { code: 'role_binding_not_found' } });
    t.match(await ofA.call('DELETE', `${roles}/${inA.id}`), { status: 200, body: inA });
    t.equal(
      await stowage.call('POST', roles, { subject, role: 'viewer' }).then(({ body }) => body.code),
      'role_binding_exists',
    );
  });

  await t.test('a role that is given twice is given once', async (t) => {
    const twice = await newCaller(stowage, [{ role: 'viewer' }, { role: 'viewer' }]);
    const { items } = await stowage.get(`${roles}?subject=${twice.subject}`);
    t.equal(items.length, 1);
    await stowage.call('DELETE', `${roles}/${items[0].id}`);
    t.equal(await twice.code('GET', '/v1/volumes'), 'forbidden');
  });
});
