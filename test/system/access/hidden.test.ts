import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { openEventStream } from '../../machinery/event-stream.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { graphqlCode, newCaller } from './callers.ts';

t.test("another project's objects show nowhere", async (t) => {
  const stowage = await startStowage(t);
  const docker = testDocker(t);
  const ofA = await newCaller(stowage, [{ role: 'operator', project: 'a' }]);
  const ofB = await newCaller(stowage, [{ role: 'operator', project: 'b' }]);
  const volumes = {
    a: [docker.name('a1'), docker.name('a2')],
    b: [docker.name('b1'), docker.name('b2'), docker.name('b3')],
  };
  for (const [project, names] of Object.entries(volumes))
    for (const name of names) await stowage.created('POST', '/v1/hosts/local/volumes', { name, project });
  const namesIn = (items: { name: string }[]) => items.map(({ name }) => name).sort();

  await t.test('neither in a page, nor behind the cursor of somebody else', async (t) => {
    const own = [...volumes.a].sort();
    t.same(namesIn((await ofA.call('GET', '/v1/volumes?limit=500')).body.items), own);
    const { items, nextCursor } = (await ofA.call('GET', '/v1/volumes?limit=1')).body;
    const last = (await ofA.call('GET', `/v1/volumes?limit=1&cursor=${nextCursor}`)).body;
    t.same(namesIn([...items, ...last.items]), own);
    t.equal(last.nextCursor, null, 'the last page is not followed by what is hidden');
    for (const by of [stowage.adminKey, ofB.key]) {
      const headers = { authorization: `Bearer ${by}` };
      const { body } = await stowage.call('GET', '/v1/volumes?limit=1', undefined, headers);
      const seen = (await ofA.call('GET', `/v1/volumes?cursor=${body.nextCursor}`)).body.items;
      t.ok(namesIn(seen).every((name) => own.includes(name)));
    }
    const query = '{ volumes(limit: 500) { items { name } nextCursor } hosts { items { volumeCount: name } } }';
    const { body } = await stowage.call('POST', '/graphql', { query }, { authorization: `Bearer ${ofA.key}` });
    t.same(namesIn(body.data.volumes.items), own);
  });

  const { id: job } = await stowage.finished('POST', `/v1/hosts/local/volumes/${volumes.b[0]}/backups`, {});
  await t.test('nor in streams', async (t) => {
    const connectionParams = { authorization: `Bearer ${ofA.key}` };
    const client = createClient({
      url: `${stowage.address.replace('http', 'ws')}/graphql`,
      connectionParams,
      retryAttempts: 0,
    });
    t.teardown(() => client.dispose());
    const answers = await Promise.all(
      [job, randomUUID()].map(async (id) => {
        const { status, body } = await ofA.call('GET', `/v1/jobs/${id}/events`);
        const over: unknown[] = [];
        try {
          for await (const answer of client.iterate({ query: `subscription { job(job: "${id}") { state } }` }))
            over.push(answer);
        } catch (error) {
          over.push(error);
        }
        const text = JSON.stringify([status, body, over])
          .replaceAll(id, 'ID')
          .replaceAll(/"requestId":"[^"]*"/g, '');
        t.match(text, /job_not_found/);
        t.notMatch(text, volumes.b[0] ?? '');
        return text;
      }),
    );
    t.equal(answers[0], answers[1], 'what is hidden is told like what is absent');
  });

  await t.test('nor in any feed, while it shows what is of the own project', async (t) => {
    const feeds = [
      'subscription { jobs { items { volume } } }',
      'subscription { findings { items { container { name } volume } } }',
      'subscription { events { items { subject data } } }',
    ];
    const seen: unknown[][] = feeds.map(() => []);
    const client = createClient({
      url: `${stowage.address.replace('http', 'ws')}/graphql`,
      connectionParams: { authorization: `Bearer ${ofA.key}` },
      retryAttempts: 0,
    });
    t.teardown(() => client.dispose());
    const failed: unknown[] = [];
    feeds.forEach((query, index) => {
      const error = (reason: unknown) => void failed.push(reason);
      client.subscribe(
        { query },
        { next: (answer) => void seen[index]?.push(answer), error, complete: () => undefined },
      );
    });
    const streams = await Promise.all(
      ['/v1/findings/events', '/v1/events'].map((path) =>
        openEventStream(t, { address: stowage.address, key: ofA.key, path }),
      ),
    );
    // Each begins with an answer of what is there: what comes from now on is not missed.
    await docker.until(async () => seen.every((feed) => feed.length > 0), 20);
    const [ofOwn = '', ofOther = ''] = [volumes.a[0], volumes.b[0]];
    const containers: string[] = [];
    // The other project first: when the own things have come, those of the other would have come as well.
    for (const [project, volume] of [
      ['b', ofOther],
      ['a', ofOwn],
    ] as const) {
      const labels = { 'stowage.project': project };
      const hostConfig = { Tmpfs: { '/scratch': '' } };
      const made = await docker.container({ volume, labels, script: 'sleep 600', stopTimeout: 1, hostConfig });
      containers.push((await made.inspect()).Name.slice(1));
      const found = ({ items }: { items: unknown[] }) => items.length > 0;
      await stowage.until(`/v1/findings?container=${containers.at(-1)}&state=open`, found, 30);
      await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
    }
    const all = () => [...seen, ...streams.map((stream) => [...stream.seen])];
    const shows = (feed: readonly unknown[]) =>
      [ofOwn, containers[1] ?? ''].some((name) => JSON.stringify(feed).includes(name));
    await docker.until(async () => all().every(shows), 10);
    for (const [index, feed] of all().entries())
      for (const hidden of [...volumes.b, containers[0] ?? ''])
        t.notOk(JSON.stringify(feed).includes(hidden), `feed ${index} shows nothing of ${hidden}`);
    t.same(failed, []);
  });

  await t.test('nor in the repetition of a call whose rights were lost since', async (t) => {
    const caller = await newCaller(stowage, [
      { role: 'operator', project: 'b' },
      { role: 'viewer', project: 'a' },
      { role: 'operator', project: 'c' },
    ]);
    const path = `/v1/hosts/local/volumes/${volumes.b[0]}/backups`;
    const headers = { authorization: `Bearer ${caller.key}`, 'idempotency-key': 'once' };
    const first = await stowage.call('POST', path, {}, headers);
    t.equal(first.status, 202);
    t.same((await stowage.call('POST', path, {}, headers)).body.id, first.body.id);
    t.equal(
      (await stowage.call('POST', path, {}, { ...headers, authorization: `Bearer ${ofA.key}` })).body.code,
      'volume_not_found',
      'the key of somebody else gives nothing',
    );
    const { items } = await stowage.get(`/v1/role-bindings?subject=${caller.subject}`);
    const binding = items.find(({ project }: { project: string }) => project === 'b');
    await stowage.call('DELETE', `/v1/role-bindings/${binding.id}`);
    t.match(await stowage.call('POST', path, {}, headers), { status: 404, body: { code: 'volume_not_found' } });
  });

  await t.test('and no label gets at them', async (t) => {
    const name = docker.name('labelled');
    const labels = { 'stowage.project': 'b' };
    for (const body of [
      { name, labels },
      { name, project: 'a', labels },
    ])
      t.ok([400, 403].includes((await ofA.call('POST', '/v1/hosts/local/volumes', body)).status), JSON.stringify(body));
    const query = `mutation { createVolume(input: {host: "local", name: "${name}", labels: {stowage: "x"}, project: "b"}) { name } }`;
    t.equal(await graphqlCode(stowage, ofA.key, query), 'forbidden');
    // Whoever has the engine has everything on it; a label of theirs still does not move what was assigned here.
    const moved = docker.name('moved');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: moved, project: 'b' });
    await stowage.call('PATCH', `/v1/hosts/local/volumes/${moved}`, { project: 'c' });
    t.match((await stowage.get(`/v1/hosts/local/volumes/${moved}`)).project, 'c');
    t.equal(
      await ofB.code('GET', `/v1/hosts/local/volumes/${moved}`),
      'volume_not_found',
      'also while its label says b',
    );
    t.equal(await ofA.code('PATCH', `/v1/hosts/local/volumes/${volumes.a[0]}`, { project: 'b' }), 'forbidden');
  });
});
