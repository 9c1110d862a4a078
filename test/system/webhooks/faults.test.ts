import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';
import { type Received, startWebhookReceiver } from '../../machinery/webhook-receiver.ts';

const run = promisify(execFile);
const env = {
  STOWAGE_WEBHOOK_NETWORKS: '127.0.0.0/8',
  STOWAGE_WEBHOOK_BACKOFF_SECONDS: '1',
  STOWAGE_WEBHOOK_TIMEOUT_SECONDS: '3',
  STOWAGE_WEBHOOK_ATTEMPTS: '3',
};
const roles = 'api,worker';

async function record({ database }: Stowage, subjects: readonly string[], type = 'stowage.job.failed'): Promise<void> {
  for (const subject of subjects)
    await database.query(`insert into domain_events (type, subject, host, data) values ($2, $1, 'local', '{}')`, [
      subject,
      type,
    ]);
}

const subjectsOf = (requests: readonly Received[]) => requests.map(({ event }) => event.subject);

t.test('a receiver that fails is tried again, one that hangs holds up nobody else', async (t) => {
  const stowage = await startStowage(t, { env, roles });
  const [flaky, hanging, good] = [
    await startWebhookReceiver(t),
    await startWebhookReceiver(t),
    await startWebhookReceiver(t),
  ];
  let refusals = 2;
  flaky.answer(({ event }, response) => {
    const refused = event.subject === 'jobs/1' && refusals > 0;
    if (refused) refusals -= 1;
    response.writeHead(refused ? 500 : 204).end(refused ? 'not now' : undefined);
  });
  hanging.answer(() => undefined);
  const [webhook, stuck] = [
    await stowage.created('POST', '/v1/webhooks', { url: flaky.url, types: ['stowage.job.*'] }),
    await stowage.created('POST', '/v1/webhooks', { url: hanging.url, types: ['stowage.host.*'] }),
    await stowage.created('POST', '/v1/webhooks', { url: good.url, types: ['stowage.job.*'] }),
  ];
  await record(stowage, ['hosts/local'], 'stowage.host.away');
  await hanging.got(1);
  const startedAt = Date.now();
  await record(stowage, ['jobs/1', 'jobs/2', 'jobs/3']);
  t.same(subjectsOf(await good.got(3)), ['jobs/1', 'jobs/2', 'jobs/3']);
  t.ok(Date.now() - startedAt < 3000, 'the others wait for nobody');

  const all = await flaky.got(5);
  t.equal(all[0]?.event.subject, 'jobs/1');
  t.equal(subjectsOf(all).filter((subject) => subject === 'jobs/1').length, 3, 'until it is taken');
  t.equal(
    new Set(all.filter(({ event }) => event.subject === 'jobs/1').map(({ headers }) => headers['webhook-id'])).size,
    1,
  );
  const history = await stowage.until(`/v1/webhooks/${webhook.id}/deliveries`, ({ items }) =>
    items.every(({ state }: { state: string }) => state === 'delivered'),
  );
  t.match(history.items.at(-1).attempts, [
    { number: 1, status: 500, error: /500/, response: 'not now' },
    { number: 2, status: 500 },
    { number: 3, status: 204, error: null },
  ]);
  t.match(await stowage.get(`/v1/webhooks/${webhook.id}`), { failures: 0, failingSince: null });

  const given = await stowage.until(
    `/v1/webhooks/${stuck.id}/deliveries?state=failed`,
    ({ items }) => items.length > 0,
    60,
  );
  t.match(given.items[0], { state: 'failed', dueAt: null, finishedAt: String });
  t.equal(given.items[0].attempts.length, 3, 'all its attempts');
  t.match(given.items[0].attempts[0], { status: null, error: 'There was no answer within 3 s.', response: null });
});

t.test('nothing is lost when a process dies in the middle, and replicas do not send the same', async (t) => {
  const first = await startStowage(t, { env, roles });
  const second = await startStowage(t, { env, roles: 'worker', database: first.database, state: first.state });
  const receiver = await startWebhookReceiver(t);
  const webhook = await first.created('POST', '/v1/webhooks', { url: receiver.url });
  const subjects = Array.from({ length: 40 }, (_, n) => `jobs/${String(n).padStart(2, '0')}`);
  await record(first, subjects);
  t.same(subjectsOf(await receiver.got(40)), subjects, 'once and in order, by two processes');

  let held: Received | null = null;
  receiver.answer((request, response) => {
    // The answer to this one never comes: its process is killed meanwhile.
    if (request.event.subject === 'jobs/held' && held === null) held = request;
    else response.writeHead(204).end();
  });
  const more = ['jobs/held', 'jobs/x', 'jobs/y'];
  await record(first, more);
  await receiver.got(41);
  await Promise.all([first.kill(), second.kill()]);
  const next = await startStowage(t, { env, roles, database: first.database, state: first.state });
  const after = (await receiver.got(44, undefined, 60)).slice(41);
  t.same(subjectsOf(after), more, 'it is sent again, then what was behind it');
  t.equal(after[0]?.headers['webhook-id'], receiver.received[40]?.headers['webhook-id']);
  const done = await next.until(`/v1/webhooks/${webhook.id}/deliveries?limit=3`, ({ items }) =>
    items.every(({ state }: { state: string }) => state === 'delivered'),
  );
  t.match(done.items[2].attempts, [
    { number: 1, status: null, error: /process/ },
    { number: 2, status: 204 },
  ]);
});

t.test('a webhook that fails for days, or is not wanted any more, is disabled with an event', async (t) => {
  const stowage = await startStowage(t, { env, roles });
  const [gone, broken, witness] = [
    await startWebhookReceiver(t),
    await startWebhookReceiver(t),
    await startWebhookReceiver(t),
  ];
  gone.answer(410);
  broken.answer(503);
  const [a, b] = [
    await stowage.created('POST', '/v1/webhooks', {
      url: gone.url,
      types: ['stowage.job.*'],
    }),
    await stowage.created('POST', '/v1/webhooks', { url: broken.url, types: ['stowage.job.*'] }),
    await stowage.created('POST', '/v1/webhooks', { url: witness.url, types: ['stowage.webhook.*'] }),
  ];
  await record(stowage, ['jobs/1']);
  t.match(await stowage.until(`/v1/webhooks/${a.id}`, ({ isEnabled }) => !isEnabled), {
    disabledReason: /410/,
    version: 2,
  });
  await stowage.until(`/v1/webhooks/${b.id}`, ({ failures }) => failures > 0);
  await stowage.database.query(
    `update webhooks set failing_since = now() - interval '73 hours' where failing_since is not null`,
  );
  await stowage.until(`/v1/webhooks/${b.id}`, ({ isEnabled }) => !isEnabled, 60);
  const told = await witness.got(2, 'stowage.webhook.disabled');
  t.match(told[1]?.event, { subject: `webhooks/${b.id}`, data: { webhook: b.id, host: /^127/, reason: /since/ } });

  broken.answer(204);
  const enabled = await stowage.call('PATCH', `/v1/webhooks/${b.id}`, { isEnabled: true });
  t.match(enabled.body, { isEnabled: true, disabledReason: null, failures: 0, failingSince: null });
  await stowage.until(`/v1/webhooks/${b.id}/deliveries?state=delivered`, ({ items }) => items.length === 1, 30);
});

t.test('a receiver is reached over TLS, by its name and by no other', async (t) => {
  const folder = await mkdtemp('/tmp/stowage-webhook-');
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '1',
    '-keyout',
    key,
    '-out',
    cert,
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
  ]);
  const server = createServer({ key: await readFile(key), cert: await readFile(cert) }, (request, response) => {
    request.resume();
    response.writeHead(200).end(request.headers.host);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;

  const own = { ...env, STOWAGE_WEBHOOK_NETWORKS: '127.0.0.0/8,::1/128', NODE_EXTRA_CA_CERTS: cert };
  const stowage = await startStowage(t, { env: own, roles: 'api' });
  const tested = async (url: string) => {
    const { id } = await stowage.created('POST', '/v1/webhooks', { url });
    return await stowage.post(`/v1/webhooks/${id}/test`, {});
  };
  t.match(await tested(`https://localhost:${port}/`), {
    state: 'delivered',
    attempts: [{ status: 200, response: `localhost:${port}` }],
  });
  t.match(await tested(`https://127.0.0.1:${port}/`), {
    state: 'failed',
    attempts: [{ status: null, error: /altnames|certificate/i }],
  });
  t.match(await tested('https://no-such-name.invalid/'), {
    state: 'failed',
    attempts: [{ status: null, error: String }],
  });

  const closed = await startStowage(t, { env: { NODE_EXTRA_CA_CERTS: cert }, roles: 'api' });
  const { id } = await closed.created('POST', '/v1/webhooks', { url: `https://localhost:${port}/` });
  t.match(
    await closed.post(`/v1/webhooks/${id}/test`, {}),
    {
      state: 'failed',
      attempts: [{ status: null, error: /STOWAGE_WEBHOOK_NETWORKS/ }],
    },
    'a name that leads to this machine is refused when it is sent',
  );
});
