import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import t, { type Test } from 'tap';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

const tokens = '/v1/tokens';
const viewer = { roles: [{ role: 'viewer' }] };

/** A connection to the database of a Stowage, for what the API does not show. */
async function connect(t: Test, { database }: Stowage): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  t.teardown(() => client.end());
  return client;
}

const withKey = (key: string) => ({ 'idempotency-key': key });

/** Makes the database forget the stored answers, as if the process had been killed before it stored them. */
async function forgetAnswers(client: Client): Promise<void> {
  await client.query('update idempotency_keys set answer = null, completed_at = null');
}

t.test('the same key and request give the same answer', async (t) => {
  const stowage = await startStowage(t);
  const second = await startStowage(t, { database: stowage.database, state: stowage.state, roles: 'api' });
  const client = await connect(t, stowage);
  const body = { name: 'ci', ...viewer };

  await t.test('also from another replica, and what is shown once is shown again to who asked first', async (t) => {
    const key = randomUUID();
    const first = await stowage.call('POST', tokens, body, withKey(key));
    const again = await second.call('POST', tokens, body, withKey(key));
    t.equal(first.status, 201);
    t.equal(again.status, 201);
    t.same(again.body, first.body);
    t.equal((await stowage.get(tokens)).items.filter(({ name }: { name: string }) => name === 'ci').length, 1);
    const { rows } = await client.query('select answer::text from idempotency_keys where key = $1', [key]);
    t.notMatch(rows[0].answer, first.body.key, 'the stored answer is sealed');
  });

  await t.test('the order of fields does not matter', async (t) => {
    const key = randomUUID();
    const first = await stowage.call('POST', tokens, { name: 'order', ...viewer }, withKey(key));
    t.same((await stowage.call('POST', tokens, { ...viewer, name: 'order' }, withKey(key))).body, first.body);
  });

  await t.test('another input or operation with the key is refused', async (t) => {
    const key = randomUUID();
    await stowage.call('POST', tokens, body, withKey(key));
    const otherInput = await stowage.call('POST', tokens, { ...body, name: 'other' }, withKey(key));
    t.match(otherInput, { status: 409, body: { code: 'idempotency_key_reused' } });
    const otherOperation = await stowage.call('POST', '/v1/session', {}, withKey(key));
    t.match(otherOperation, { status: 409, body: { code: 'idempotency_key_reused' } });
  });

  await t.test('a key belongs to its caller', async (t) => {
    const key = randomUUID();
    const { body: other } = await stowage.call('POST', tokens, { name: 'other admin', roles: [{ role: 'admin' }] });
    const first = await stowage.call('POST', tokens, { name: 'mine', ...viewer }, withKey(key));
    const theirs = await stowage.call(
      'POST',
      tokens,
      { name: 'theirs', ...viewer },
      { ...withKey(key), authorization: `Bearer ${other.key}` },
    );
    t.equal(theirs.status, 201);
    t.not(theirs.body.id, first.body.id);
  });

  await t.test('a key that cannot be one is refused', async (t) => {
    for (const key of ['', 'with space', 'x'.repeat(256)])
      t.match(
        await stowage.call('POST', tokens, body, withKey(key)),
        { status: 400, body: { code: 'idempotency_key_invalid' } },
        JSON.stringify(key.slice(0, 12)),
      );
    t.equal((await stowage.call('POST', tokens, body, withKey('x'.repeat(255)))).status, 201);
  });

  await t.test('ten at once, to two replicas, are one', async (t) => {
    const key = randomUUID();
    const calls = Array.from({ length: 10 }, (_, index) =>
      (index % 2 === 0 ? stowage : second).call('POST', tokens, { name: 'race', ...viewer }, withKey(key)),
    );
    const answers = await Promise.all(calls);
    t.same(new Set(answers.map(({ status }) => status)), new Set([201]));
    t.equal(new Set(answers.map(({ body }) => body.key)).size, 1);
    t.equal(
      (await stowage.get(`${tokens}?limit=500`)).items.filter(({ name }: { name: string }) => name === 'race').length,
      1,
    );
  });

  await t.test('a failure is an answer too', async (t) => {
    const key = randomUUID();
    const volume = { name: `twice-${key.slice(0, 8)}` };
    t.equal((await stowage.call('POST', '/v1/hosts/local/volumes', volume)).status, 201);
    t.match(await stowage.call('POST', '/v1/hosts/local/volumes', volume, withKey(key)), {
      status: 409,
      body: { code: 'volume_exists' },
    });
    const deleted = await stowage.finished(
      'DELETE',
      `/v1/hosts/local/volumes/${volume.name}?confirm=${volume.name}&keepSnapshot=false`,
    );
    t.equal(deleted.state, 'succeeded');
    t.match(await stowage.call('POST', '/v1/hosts/local/volumes', volume, withKey(key)), {
      status: 409,
      body: { code: 'volume_exists' },
    });
  });

  await t.test('in GraphQL the key counts for each mutation of the request', async (t) => {
    const key = randomUUID();
    const query =
      'mutation { a: createToken(input: {name: "a", roles: [{role: viewer}]}) { id } b: createToken(input: {name: "b", roles: [{role: viewer}]}) { id } }';
    const first = await stowage.call('POST', '/graphql', { query }, withKey(key));
    t.not(first.body.data.a.id, first.body.data.b.id);
    t.same((await second.call('POST', '/graphql', { query }, withKey(key))).body, first.body);
  });
});

t.test('a request that was cut off is repeated, not doubled', async (t) => {
  const stowage = await startStowage(t);
  const client = await connect(t, stowage);
  const name = `idempotent-${randomUUID().slice(0, 8)}`;
  await stowage.created('POST', '/v1/hosts/local/volumes', { name });
  const path = `/v1/hosts/local/volumes/${name}`;

  await t.test('killed between the work and the answer', async (t) => {
    const key = randomUUID();
    const first = await stowage.call('POST', `${path}/backups`, {}, withKey(key));
    t.equal(first.status, 202);
    await forgetAnswers(client);
    const again = await stowage.call('POST', `${path}/backups`, {}, withKey(key));
    t.equal(again.status, 202);
    t.equal(again.body.id, first.body.id, 'the same job');
    t.match(await stowage.call('POST', `${path}/backups`, { consistency: 'x' }, withKey(key)), { status: 400 });
    t.equal((await stowage.waitForJob(first.body.id)).state, 'succeeded');
  });

  await t.test('killed in the middle of the work', async (t) => {
    const key = randomUUID();
    const blocker = await connect(t, stowage);
    await blocker.query('begin; lock table jobs in access exclusive mode');
    const cutOff = stowage.call('POST', `${path}/backups`, {}, withKey(key));
    const isBegun = async () =>
      (await client.query('select 1 from idempotency_keys where key = $1 and answer is null', [key])).rowCount === 1;
    while (!(await isBegun())) await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all([stowage.kill(), t.rejects(cutOff)]);
    await blocker.query('rollback');

    const successor = await startStowage(t, { database: stowage.database, state: stowage.state });
    const answers = await Promise.all([1, 2, 3].map(() => successor.call('POST', `${path}/backups`, {}, withKey(key))));
    t.same(new Set(answers.map(({ status }) => status)), new Set([202]));
    t.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
    const { rows } = await client.query('select once_id::text as id from idempotency_keys where key = $1', [key]);
    t.equal(answers[0]?.body.id, rows[0].id, 'under the id that the killed process had chosen');
    t.equal((await successor.waitForJob(rows[0].id)).state, 'succeeded');
    t.equal((await successor.get(`/v1/jobs?volume=${name}`)).items.length, 2);
  });

  await t.test('what the first call made go away is no obstacle', async (t) => {
    const successor = await startStowage(t, { database: stowage.database, state: stowage.state });
    const key = randomUUID();
    const url = `${path}?confirm=${name}&keepSnapshot=false`;
    const first = await successor.call('DELETE', url, undefined, withKey(key));
    t.equal((await successor.waitForJob(first.body.id)).state, 'succeeded');
    t.same((await successor.call('DELETE', url, undefined, withKey(key))).body.id, first.body.id, 'the stored answer');
    await forgetAnswers(client);
    const again = await successor.call('DELETE', url, undefined, withKey(key));
    t.same([again.status, again.body.id], [202, first.body.id], 'the repeated work');
    t.match(await successor.call('DELETE', url, undefined, withKey(randomUUID())), {
      status: 404,
      body: { code: 'volume_not_found' },
    });
  });
});
