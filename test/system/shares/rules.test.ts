import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { graphqlCode, newCaller } from '../access/callers.ts';

t.test('a share and its rules, from the request to the end', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const owner = await newCaller(stowage, [{ role: 'operator', project: 'shop' }]);
  const admin = await newCaller(stowage, [{ role: 'admin', project: 'shop' }]);
  const reader = await newCaller(stowage, [{ role: 'viewer', project: 'reports' }]);
  const asker = await newCaller(stowage, [{ role: 'operator', project: 'reports' }]);
  const stranger = await newCaller(stowage, [{ role: 'operator', project: 'blog' }]);
  const both = await newCaller(stowage, [
    { role: 'operator', project: 'shop' },
    { role: 'operator', project: 'reports' },
  ]);
  const volume = docker.name('uploads');
  const prefix = volume.split('-')[0];
  const name = `${prefix}-share`;
  const at = `/v1/shares/${name}`;
  await stowage.created('POST', '/v1/hosts/local/volumes', {
    name: volume,
    project: 'shop',
    environment: 'production',
  });
  const share = { name, host: 'local', volume, description: 'What customers send' };
  const ofReports = { subject: { kind: 'project', value: 'reports' }, access: 'rw' };

  await t.test('who operates the volume shares it, and nobody else sees the share', async (t) => {
    t.equal(await asker.code('POST', '/v1/shares', share), 'volume_not_found');
    t.equal(await owner.code('POST', '/v1/shares', { ...share, volume: 'no-such' }), 'volume_not_found');
    t.equal(await owner.code('POST', '/v1/shares', { ...share, onViolation: 'stop' }), 'forbidden');
    const made = await owner.call('POST', '/v1/shares', share);
    t.match(made, { status: 201, body: { ...share, project: 'shop', environment: 'production', state: 'available' } });
    t.equal(made.headers.get('location'), at);
    t.equal(await owner.code('POST', '/v1/shares', { ...share, name: `${name}-2` }), 'share_exists', 'one of a volume');
    for (const caller of [asker, reader, stranger]) {
      t.equal(await caller.code('GET', at), 'share_not_found');
      t.same((await caller.call('GET', '/v1/shares')).body.items, []);
      t.equal(await graphqlCode(stowage, caller.key, `{ share(share: "${name}") { id } }`), 'share_not_found');
    }
    t.equal(
      await asker.code('POST', `${at}/requests`, ofReports),
      'share_not_found',
      'a hidden share is not asked for',
    );
    const { body } = await asker.call('POST', '/v1/shares/no-such-share/requests', ofReports);
    const hidden = (await asker.call('POST', `${at}/requests`, ofReports)).body;
    t.equal(hidden.detail, body.detail.replace('no-such-share', name), 'the same words as for one that is not there');
  });

  await t.test('an offer shows it, and gives no access', async (t) => {
    t.equal(await owner.code('PATCH', at, { offeredTo: 'projects' }), 'invalid_input', 'to which?');
    t.equal(await owner.code('PATCH', at, { onViolation: 'pause' }), 'forbidden');
    const offered = await owner.call('PATCH', at, { offeredTo: 'projects', offeredProjects: ['reports', 'sales'] });
    t.match(offered, { status: 200, body: { offeredProjects: ['reports', 'sales'], version: 2 } });
    t.match((await asker.call('GET', at)).body, { name, offeredProjects: ['reports'] }, 'only what the caller may see');
    t.equal(await stranger.code('GET', at), 'share_not_found');
    t.equal(await asker.code('PATCH', at, { description: 'mine' }), 'forbidden', 'seen, and not theirs');
    t.equal(await asker.code('DELETE', `${at}?confirm=${name}`), 'forbidden');
    t.equal(await asker.code('POST', `${at}/rules`, ofReports), 'forbidden');
    t.equal(await asker.code('GET', `/v1/hosts/local/volumes/${volume}`), 'volume_not_found');
    const stale = await stowage.call('PATCH', at, { description: 'x' }, { 'if-match': '"1"' });
    t.equal(stale.status, 412);
  });

  let requested = '';
  await t.test('a request is made for whom one speaks, and is decided by somebody else', async (t) => {
    t.equal(await reader.code('POST', `${at}/requests`, ofReports), 'forbidden', 'a viewer asks for nothing');
    const ofBlog = { ...ofReports, subject: { kind: 'project', value: 'blog' } };
    t.equal(await asker.code('POST', `${at}/requests`, ofBlog), 'forbidden');
    const ofOther = { ...ofReports, subject: { kind: 'service', value: stranger.subject } };
    t.equal(await asker.code('POST', `${at}/requests`, ofOther), 'forbidden');
    for (const subject of [
      { kind: 'role', value: 'operator' },
      { kind: 'role', value: 'king', project: 'reports' },
      { kind: 'project', value: 'reports', project: 'reports' },
      { kind: 'project', value: '../shop' },
      { kind: 'user', value: 'anna' },
      { kind: 'container_label', value: '=x', project: 'reports' },
    ])
      t.equal(
        await asker.code('POST', `${at}/requests`, { ...ofReports, subject }),
        'invalid_input',
        JSON.stringify(subject),
      );
    const past = { ...ofReports, expiresAt: '2020-01-01T00:00:00Z' };
    t.equal(await asker.code('POST', `${at}/requests`, past), 'invalid_input');

    const asked = await both.call('POST', `${at}/requests`, { ...ofReports, reason: 'monthly report' });
    t.match(asked, {
      status: 201,
      body: { state: 'requested', reason: 'monthly report', history: [{ action: 'requested' }] },
    });
    requested = asked.body.id;
    const decision = `${at}/rules/${requested}`;
    t.equal(asked.headers.get('location'), decision);
    t.equal(await asker.code('POST', `${at}/requests`, ofReports), 'share_rule_exists');
    t.equal(
      await both.code('POST', `${decision}/approval`, {}),
      'forbidden',
      'not by who asked, whatever they operate',
    );
    t.equal(await asker.code('POST', `${decision}/approval`, {}), 'forbidden');
    t.equal(await stranger.code('POST', `${decision}/approval`, {}), 'share_rule_not_found');
    t.equal(await stranger.code('GET', decision), 'share_rule_not_found');
    t.match((await asker.call('GET', decision)).body, {
      id: requested,
      subject: { kind: 'project', value: 'reports' },
    });
    const approved = await owner.call('POST', `${decision}/approval`, { access: 'ro', reason: 'reading is enough' });
    t.match(approved.body, { state: 'active', access: 'ro', version: 2 });
    t.match(approved.body.history, [
      { action: 'requested', actor: both.subject, reason: 'monthly report' },
      { action: 'approved', actor: owner.subject, reason: 'reading is enough' },
    ]);
    t.equal(await owner.code('POST', `${decision}/approval`, {}), 'share_rule_closed');
    t.equal(await owner.code('POST', `${decision}/denial`, { reason: 'late' }), 'share_rule_closed');
    t.match((await stowage.graphql(`{ share(share: "${name}") { name rules { id state } } }`)).data.share.rules, [
      { id: requested, state: 'active' },
    ]);
  });

  await t.test('nobody gives more than is theirs to give', async (t) => {
    const self = { subject: { kind: 'service', value: owner.subject }, access: 'rw' };
    t.equal(await owner.code('POST', `${at}/rules`, self), 'forbidden', 'not to oneself');
    const own = { subject: { kind: 'project', value: 'shop' }, access: 'rw' };
    t.equal(await owner.code('POST', `${at}/rules`, own), 'invalid_input', 'the project has it anyway');
    const across = { subject: { kind: 'project', value: 'sales' }, access: 'ro', acrossEnvironments: true };
    t.equal(await owner.code('POST', `${at}/rules`, across), 'forbidden', 'an admin decides on environments');
    const granted = await admin.call('POST', `${at}/rules`, across);
    t.match(granted, {
      status: 201,
      body: { state: 'active', history: [{ action: 'granted', actor: admin.subject }] },
    });
    const gone = `/v1/shares/no-such-share/rules/${granted.body.id}`;
    t.equal(await admin.code('GET', gone), 'share_rule_not_found', 'a rule is found under its share only');
    t.same(
      (await asker.call('GET', `${at}/rules`)).body.items.map(({ id }: { id: string }) => id),
      [requested],
    );
  });

  await t.test('a rule ends by time alone, or at once', async (t) => {
    const soon = new Date(Date.now() + 700).toISOString();
    const short = { subject: { kind: 'project', value: 'sales' }, access: 'rw', expiresAt: soon };
    const { items } = (await admin.call('GET', `${at}/rules?state=active`)).body;
    const [sales] = items.filter(({ subject }: { subject: { value: string } }) => subject.value === 'sales');
    t.match((await owner.call('POST', `${at}/rules/${sales.id}/revocation`, {})).body, { state: 'revoked' });
    const rule = (await owner.call('POST', `${at}/rules`, short)).body;
    t.equal(rule.state, 'active');
    await stowage.until(`${at}/rules/${rule.id}`, ({ state }) => state === 'expired', 5);
    t.same(
      (await stowage.get(`${at}/rules?state=expired`)).items.map(({ id }: { id: string }) => id),
      [rule.id],
    );
    t.equal((await owner.call('POST', `${at}/rules`, { ...short, expiresAt: undefined })).status, 201, 'the next one');
    await owner.call('POST', `${at}/rules/${requested}/revocation`, { reason: 'done' });
    await owner.call('PATCH', at, { offeredTo: 'nobody' });
    t.equal(await asker.code('GET', at), 'share_not_found', 'nothing shows it any more');
    t.equal(await asker.code('GET', `${at}/rules`), 'share_not_found');
  });

  await t.test('a share does not follow its volume to another project', async (t) => {
    const address = `/v1/hosts/local/volumes/${volume}`;
    const rule = { subject: { kind: 'project', value: 'reports' }, access: 'ro' };
    t.equal((await owner.call('POST', `${at}/rules`, rule)).status, 201);
    t.equal((await asker.call('GET', address)).status, 200);
    t.equal((await stowage.call('PATCH', address, { project: 'blog' })).status, 200);
    t.equal((await stowage.get(at)).state, 'volume_reassigned');
    t.equal(
      await asker.code('GET', address),
      'volume_not_found',
      'what one project gave says nothing of data of another',
    );
    t.equal(await asker.code('POST', `${at}/attachments`, { project: 'reports', target: '/in' }), 'share_void');
    t.equal((await stowage.call('PATCH', address, { project: null })).body.project, 'shop');
    t.equal((await asker.call('GET', address)).status, 200);
  });

  await t.test('a volume that is shared stays', async (t) => {
    const refused = await stowage.call(
      'DELETE',
      `/v1/hosts/local/volumes/${volume}?confirm=${volume}&keepSnapshot=false`,
    );
    t.match(refused, { status: 409, body: { code: 'volume_shared' } });
    t.ok(refused.body.detail.includes(name));
    const volumes = { all: true, label: ['stowage.project=shop'] };
    const plan = await stowage.created('POST', '/v1/hosts/local/prune-plans', { project: 'shop', volumes });
    const { items } = await stowage.get(`/v1/prune-plans/${plan.id}/items?limit=500`);
    const [item] = items.filter((one: { name: string }) => one.name === volume);
    t.match(item, { action: 'keep', reasons: [new RegExp(`It has the share "${name}"`)] });
    t.equal(await owner.code('DELETE', at), 'confirmation_required');
    t.equal((await owner.call('DELETE', `${at}?confirm=${name}`)).status, 200);
    t.equal(await owner.code('GET', at), 'share_not_found');
    const gone = await stowage.finished(
      'DELETE',
      `/v1/hosts/local/volumes/${volume}?confirm=${volume}&keepSnapshot=false`,
    );
    t.equal(gone.state, 'succeeded');
  });
});
