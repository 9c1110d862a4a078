import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import t, { type Test } from 'tap';
import { openEventStream, type SentEvent } from '../../machinery/event-stream.ts';
import { startStowage } from '../../machinery/stowage.ts';

const insertion = `insert into domain_events (type, subject, project, host, data) values ('stowage.job.succeeded', $1, $2, 'local', '{}')`;

async function connect(t: Test, url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  t.teardown(() => client.end());
  return client;
}

const subjectsOf = (events: readonly SentEvent[]) =>
  events.filter(({ data }) => data !== null).map(({ data }) => data.subject);

t.test('what commits late is read late, and never missed', async (t) => {
  const stowage = await startStowage(t, { roles: 'api' });
  const { database } = stowage;
  const [early, late] = [await connect(t, database.url), await connect(t, database.url)];
  const place = (await stowage.get('/v1/events/next')).sequence;
  const after = async (sequence: string) => {
    const batch = await stowage.get(`/v1/events/next?after=${sequence}`);
    return { ...batch, subjects: batch.items.map(({ subject }: { subject: string }) => subject) };
  };

  await late.query('begin');
  await late.query(insertion, ['jobs/late', null]);
  await early.query(insertion, ['jobs/early', null]);
  const first = await after(place);
  t.same(first.subjects, ['jobs/early'], 'though the other was inserted before');
  await late.query('commit');
  const second = await after(first.sequence);
  t.same(second.subjects, ['jobs/late']);
  t.same((await after(place)).subjects, ['jobs/early', 'jobs/late']);
  t.same((await after(second.sequence)).subjects, []);

  await late.query('begin');
  await late.query(insertion, ['jobs/undone', null]);
  await late.query('rollback');
  t.same((await after(second.sequence)).subjects, [], 'what was undone has not happened');
});

t.test(
  'of many writers at once every event is streamed once and in order, over reconnections and replicas',
  async (t) => {
    const stowage = await startStowage(t, { roles: 'api' });
    const other = await startStowage(t, { roles: 'api', database: stowage.database, state: stowage.state });
    const path = '/v1/events/stream';
    const wish = { key: stowage.adminKey, path };
    const first = await openEventStream(t, { ...wish, address: stowage.address });
    await first.until((seen) => seen.length === 1);
    t.match(first.seen[0], { id: /^\d{16}$/, data: null }, 'the place comes first');

    const subjects = Array.from({ length: 120 }, (_, number) => `jobs/${number}`);
    const clients = await Promise.all(Array.from({ length: 8 }, () => connect(t, stowage.database.url)));
    const waiting = [...subjects];
    const write = async (client: Client) => {
      for (let subject = waiting.shift(); subject !== undefined; subject = waiting.shift()) {
        await client.query('begin');
        await client.query(insertion, [subject, null]);
        await sleep(Math.random() * 30);
        await client.query('commit');
      }
    };
    const writing = Promise.all(clients.map(write));

    const events: SentEvent[] = [];
    let stream = first;
    for (let turn = 0; events.length + subjectsOf(stream.seen).length < subjects.length; turn += 1) {
      const wanted = Math.min(30, subjects.length - events.length);
      await stream.until((seen) => subjectsOf(seen).length >= wanted);
      await stream.close();
      events.push(...stream.seen.filter(({ data }) => data !== null));
      const { address } = turn % 2 === 0 ? other : stowage;
      stream = await openEventStream(t, { ...wish, address, lastEventId: stream.lastId() });
    }
    await writing;
    const all = [...events, ...stream.seen.filter(({ data }) => data !== null)];
    t.same(subjectsOf(all).toSorted(), subjects.toSorted(), 'each once');
    const ids = all.map(({ id }) => id);
    t.same(ids, ids.toSorted(), 'in order');
    t.same(
      all.map(({ data }) => data.sequence),
      ids,
    );
  },
);

t.test('a project is shown its own events; a stream ends with the credential', async (t) => {
  const stowage = await startStowage(t, { roles: 'api' });
  const roles = [{ role: 'viewer', project: 'shop' }];
  const token = await stowage.created('POST', '/v1/tokens', { name: 'shop', roles });
  const auditor = await stowage.created('POST', '/v1/tokens', { name: 'audit', roles: [{ role: 'auditor' }] });
  const stream = await openEventStream(t, {
    address: stowage.address,
    key: token.key,
    path: '/v1/events?types=stowage.*',
  });
  for (const [subject, project] of [
    ['jobs/theirs', 'shop'],
    ['jobs/others', 'mail'],
    ['hosts/local', null],
    ['jobs/theirs-too', 'shop'],
  ])
    await stowage.database.query(insertion, [subject, project]);
  await stream.until((seen) => subjectsOf(seen).length === 2);
  t.same(subjectsOf(stream.seen), ['jobs/theirs', 'jobs/theirs-too']);

  const as = (key: string) => ({ authorization: `Bearer ${key}` });
  const listed = await stowage.call('GET', '/v1/events', undefined, as(token.key));
  t.same(
    listed.body.items.map(({ subject }: { subject: string }) => subject),
    ['jobs/theirs-too', 'jobs/theirs'],
  );
  t.same((await stowage.call('GET', '/v1/events?project=mail', undefined, as(token.key))).body.items, []);
  t.equal((await stowage.call('GET', '/v1/events', undefined, as(auditor.key))).status, 403);
  const all = await stowage.get('/v1/events?limit=3');
  t.equal(all.items.length, 3);
  const rest = await stowage.get(`/v1/events?limit=3&cursor=${all.nextCursor}`);
  t.same([rest.items.length, rest.nextCursor], [1, null]);
  const { data } = await stowage.graphql(
    '{ events(project: "shop") { items { subject project } } nextEvents(after: "0") { items { subject } hasMore } }',
  );
  t.same(data.events.items[1], { subject: 'jobs/theirs', project: 'shop' });
  t.equal(data.nextEvents.items.length, 4);

  await stowage.call('DELETE', `/v1/tokens/${token.id}`);
  await stowage.database.query(insertion, ['jobs/after', 'shop']);
  await stream.until((seen) => seen.some(({ name }) => name === 'problem'));
  t.match(stream.seen.at(-1), { name: 'problem', data: { code: 'token_revoked' } });
  t.notOk(subjectsOf(stream.seen).includes('jobs/after'));
});

t.test('who reads on from what is not kept, or never was, is told', async (t) => {
  const stowage = await startStowage(t, { roles: 'api,watcher' });
  const { database } = stowage;
  await database.query(insertion, ['jobs/old', null]);
  const [old] = (await stowage.get('/v1/events')).items;
  const before = String(BigInt(old.sequence) - 1n);
  await database.query(insertion, ['jobs/new', null]);
  await database.query(`update domain_events set recorded_at = now() - interval '31 days' where subject = 'jobs/old'`);
  await stowage.until('/v1/events?subject=jobs/old', ({ items }) => items.length === 0, 40);
  t.match(await stowage.call('GET', `/v1/events/next?after=${before}`), {
    status: 409,
    body: { code: 'events_forgotten' },
  });
  const next = await stowage.get(`/v1/events/next?after=${old.sequence}&types=stowage.job.*`);
  t.match(next.items, [{ subject: 'jobs/new' }], 'what comes after the last that was forgotten is all there');

  for (const path of ['/v1/events/next', '/v1/events/stream']) {
    const answer = await stowage.call('GET', `${path}?after=99999`);
    t.match(answer, { status: 400, body: { code: 'invalid_cursor' } }, path);
  }
  for (const odd of ['after=x', 'after=-1', `after=${'9'.repeat(30)}`, 'types=nothing', 'types=*', 'after=', 'limit=0'])
    t.match(await stowage.call('GET', `/v1/events/next?${odd}`), { status: 400, body: { code: 'invalid_input' } }, odd);
});
