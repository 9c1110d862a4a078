import { Webhook } from 'standardwebhooks';
import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { connectClient } from '../../machinery/api-client.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';
import { type Received, startWebhookReceiver } from '../../machinery/webhook-receiver.ts';

const env = { STOWAGE_WEBHOOK_NETWORKS: '127.0.0.0/8', STOWAGE_WEBHOOK_BACKOFF_SECONDS: '1' };
const roles = 'api,worker';

async function record({ database }: Stowage, type: string, subject: string, project: string | null): Promise<void> {
  const statement = `insert into domain_events (type, subject, project, host, data) values ($1, $2, $3, 'local', '{"n":1}')`;
  await database.query(statement, [type, subject, project]);
}

function isSignedBy(secret: string, { body, headers }: Received): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

const subjectsOf = (requests: readonly Received[]) => requests.map(({ event }) => event.subject);

t.test('events are sent in order, signed, to who wants and may see them', async (t) => {
  const stowage = await startStowage(t, { env, roles });
  const [all, shop] = [await startWebhookReceiver(t), await startWebhookReceiver(t)];
  const everything = await stowage.call('POST', '/v1/webhooks', { url: all.url, description: 'everything' });
  t.match(everything, {
    status: 201,
    headers: { get: Function },
    body: { url: all.url, types: ['stowage.*'], project: null, isEnabled: true, secret: /^whsec_/, version: 1 },
  });
  t.equal(everything.headers.get('location'), `/v1/webhooks/${everything.body.id}`);
  const token = await stowage.created('POST', '/v1/tokens', {
    name: 'shop',
    roles: [{ role: 'admin', project: 'shop' }],
  });
  const admin = connectClient(stowage.address, token.key);
  const made = await admin.graphql(
    `mutation { createWebhook(input: { url: "${shop.url}", types: ["stowage.job.*"], project: "shop" }) { id secret project } }`,
  );
  const { id, secret } = made.data.createWebhook;

  for (let n = 0; n < 12; n += 1)
    await record(stowage, 'stowage.job.succeeded', `jobs/${n}`, n % 2 === 0 ? 'shop' : 'mail');
  await record(stowage, 'stowage.volume.deleted', 'hosts/local/volumes/x', 'shop');
  await record(stowage, 'stowage.host.away', 'hosts/local', null);

  const got = await all.got(14);
  t.same(subjectsOf(got), [
    ...Array.from({ length: 12 }, (_, n) => `jobs/${n}`),
    'hosts/local/volumes/x',
    'hosts/local',
  ]);
  t.same(subjectsOf(await shop.got(6)), ['jobs/0', 'jobs/2', 'jobs/4', 'jobs/6', 'jobs/8', 'jobs/10']);
  const [first] = got;
  t.match(first, {
    headers: {
      'content-type': /^application\/cloudevents\+json/,
      'webhook-id': first?.event.id,
      'user-agent': 'Stowage',
    },
    event: {
      specversion: '1.0',
      type: 'stowage.job.succeeded',
      source: /^urn:stowage:/,
      sequence: String,
      data: { n: 1 },
    },
  });
  t.notOk('volume' in JSON.parse(first?.body ?? '{}'), 'what is not set is left out');
  t.ok(got.every((request) => isSignedBy(everything.body.secret, request)));
  t.ok(shop.received.every((request) => isSignedBy(secret, request)));
  t.notOk(isSignedBy(secret, got[0] as Received));

  const history = await admin.get(`/v1/webhooks/${id}/deliveries?state=delivered&limit=4`);
  t.match(history.items[0], {
    webhook: id,
    state: 'delivered',
    event: { subject: 'jobs/10' },
    attempts: [{ number: 1, status: 204, error: null, seconds: Number }],
  });
  const rest = await admin.get(`/v1/webhooks/${id}/deliveries?limit=4&cursor=${history.nextCursor}`);
  t.same([history.items.length, rest.items.length, rest.nextCursor], [4, 2, null]);
  const stored = await stowage.database.query('select encode(secret, $1) as secret from webhooks', ['escape']);
  t.notOk(
    stored.some((row) => row.secret.includes(secret.slice(6, 20))),
    'secrets are sealed',
  );
});

t.test('a project sees and changes its own webhooks only', async (t) => {
  const stowage = await startStowage(t, { env, roles: 'api' });
  const url = 'https://hooks.example.com/';
  const keyOf = async (role: string, project?: string) => {
    const roles = [{ role, ...(project === undefined ? {} : { project }) }];
    return connectClient(stowage.address, (await stowage.created('POST', '/v1/tokens', { name: role, roles })).key);
  };
  const [shop, mail, viewer] = [
    await keyOf('admin', 'shop'),
    await keyOf('admin', 'mail'),
    await keyOf('viewer', 'shop'),
  ];
  const own = await shop.created('POST', '/v1/webhooks', { url, project: 'shop' });
  const global = await stowage.created('POST', '/v1/webhooks', { url });
  for (const refused of [
    await shop.call('POST', '/v1/webhooks', { url }),
    await mail.call('POST', '/v1/webhooks', { url, project: 'shop' }),
  ])
    t.match(refused, { status: 403, body: { code: 'forbidden' } });
  t.same(
    (await shop.get('/v1/webhooks')).items.map((item: Answer) => item.id),
    [own.id],
  );
  t.equal((await stowage.get('/v1/webhooks')).items.length, 2);
  t.same((await mail.get('/v1/webhooks')).items, []);
  for (const path of ['', '/deliveries', `/deliveries/${crypto.randomUUID()}`])
    for (const [who, id] of [
      [mail, own.id],
      [shop, global.id],
    ] as const)
      t.match(await who.call('GET', `/v1/webhooks/${id}${path}`), { status: 404, body: { code: 'webhook_not_found' } });
  for (const [method, path] of [
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/test'],
    ['POST', '/secret'],
  ] as const) {
    t.match(await mail.call(method, `/v1/webhooks/${own.id}${path}`, method === 'DELETE' ? undefined : {}), {
      status: 404,
    });
    t.match(await viewer.call(method, `/v1/webhooks/${own.id}${path}`, method === 'DELETE' ? undefined : {}), {
      status: 403,
    });
  }
  t.match(await shop.get(`/v1/webhooks/${own.id}`), { project: 'shop' });
  t.notOk('secret' in (await shop.get(`/v1/webhooks/${own.id}`)));

  const stale = { 'if-match': '"7"' };
  t.equal((await shop.call('PATCH', `/v1/webhooks/${own.id}`, { isEnabled: false }, stale)).status, 412);
  t.match(await shop.call('PATCH', `/v1/webhooks/${own.id}`, { isEnabled: false, description: 'x' }), {
    body: { isEnabled: false, version: 2 },
  });
  t.equal((await shop.call('DELETE', `/v1/webhooks/${own.id}`, undefined, stale)).status, 412);
  t.equal((await shop.call('DELETE', `/v1/webhooks/${own.id}`)).status, 200);
  t.equal((await shop.call('GET', `/v1/webhooks/${own.id}`)).status, 404);

  for (const odd of [
    { url: 'http://127.0.0.2.nip.io.invalid', types: ['nothing'] },
    { url, types: [] },
    { url: 'https://10.0.0.1/' },
    { url: 'https://localhost#x' },
    { url, secret: 'whsec_c2hvcnQ=' },
    { url, more: 1 },
  ])
    t.match(
      await stowage.call('POST', '/v1/webhooks', odd),
      { status: 400, body: { code: 'invalid_input' } },
      JSON.stringify(odd),
    );
});

t.test('a secret is rotated with an overlap; a call that is repeated gives the same', async (t) => {
  const stowage = await startStowage(t, { env, roles });
  const receiver = await startWebhookReceiver(t);
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const webhook = await stowage.created('POST', '/v1/webhooks', { url: receiver.url, secret });
  t.equal(webhook.secret, secret, 'one of our own');
  const once = { 'idempotency-key': 'rotate' };
  const rotated = await stowage.call('POST', `/v1/webhooks/${webhook.id}/secret`, { overlapHours: 1 }, once);
  t.match(rotated, { status: 200, body: { secret: /^whsec_/, previousSecretUntil: String, version: 2 } });
  t.same(
    (await stowage.call('POST', `/v1/webhooks/${webhook.id}/secret`, { overlapHours: 1 }, once)).body,
    rotated.body,
  );
  await record(stowage, 'stowage.job.failed', 'jobs/a', null);
  const [both] = await receiver.got(1);
  t.ok(both !== undefined && isSignedBy(secret, both) && isSignedBy(rotated.body.secret, both));

  const { data } = await stowage.graphql(
    `mutation { rotateWebhookSecret(input: { webhook: "${webhook.id}", overlapHours: 0 }) { secret } }`,
  );
  await record(stowage, 'stowage.job.failed', 'jobs/b', null);
  const second = (await receiver.got(2))[1];
  t.ok(second !== undefined && isSignedBy(data.rotateWebhookSecret.secret, second));
  t.notOk(second !== undefined && isSignedBy(rotated.body.secret, second), 'without an overlap the one before ends');
});

t.test('a test tells at once what the receiver made of it; an event is sent again when asked for', async (t) => {
  const stowage = await startStowage(t, { env, roles });
  const [receiver, other] = [await startWebhookReceiver(t), await startWebhookReceiver(t)];
  const webhook = await stowage.created('POST', '/v1/webhooks', { url: receiver.url, types: ['stowage.job.*'] });
  await stowage.created('POST', '/v1/webhooks', { url: other.url });
  const path = `/v1/webhooks/${webhook.id}`;
  t.match(await stowage.post(`${path}/test`, {}), {
    state: 'delivered',
    event: { type: 'stowage.webhook.tested', subject: `webhooks/${webhook.id}` },
    attempts: [{ number: 1, status: 204, error: null }],
  });
  receiver.answer((_, response) => response.writeHead(302, { location: other.url }).end('moved'));
  const redirected = await stowage.post(`${path}/test`, {});
  t.match(redirected, { state: 'failed', attempts: [{ status: 302, error: /not followed/, response: 'moved' }] });
  receiver.answer((_, response) => response.writeHead(200).end('x'.repeat(10_000_000)));
  const long = await stowage.post(`${path}/test`, {});
  t.match(long, { state: 'delivered', attempts: [{ status: 200 }] });
  t.equal(long.attempts[0].response.length, 500, 'only the beginning is kept');
  receiver.answer(204);

  await stowage.call('PATCH', path, { isEnabled: false });
  const { data } = await stowage.graphql(
    `mutation { testWebhook(input: { webhook: "${webhook.id}" }) { id state event { type data } } }`,
  );
  t.match(
    data.testWebhook,
    { state: 'delivered', event: { data: { webhook: webhook.id } } },
    'also when it is disabled',
  );
  t.match(await stowage.call('POST', `${path}/deliveries/${data.testWebhook.id}/redelivery`), {
    status: 409,
    body: { code: 'webhook_disabled' },
  });
  await record(stowage, 'stowage.job.failed', 'jobs/meanwhile', null);
  await stowage.call('PATCH', path, { isEnabled: true });
  await record(stowage, 'stowage.job.failed', 'jobs/then', null);
  t.same(subjectsOf(await receiver.got(1, 'stowage.job.failed')), ['jobs/then'], 'what happened meanwhile is not sent');
  const [delivered] = (await stowage.until(`${path}/deliveries`, ({ items }) => items[0]?.state === 'delivered')).items;
  await stowage.post(`${path}/deliveries/${delivered.id}/redelivery`, {});
  const twice = await receiver.got(2, 'stowage.job.failed');
  t.equal(twice[0]?.headers['webhook-id'], twice[1]?.headers['webhook-id'], 'under the same id');
  const done = await stowage.until(`${path}/deliveries/${delivered.id}`, ({ state }) => state === 'delivered');
  t.match(done.attempts, [{ number: 1 }, { number: 2, status: 204 }]);
  t.match(await stowage.call('GET', `${path}/deliveries/${crypto.randomUUID()}`), {
    status: 404,
    body: { code: 'webhook_delivery_not_found' },
  });
  t.notOk(other.received.some(({ event }) => event.type === 'stowage.webhook.tested'));
});
