import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import t from 'tap';
import { fail } from '../../../src/errors.ts';
import { books, changes } from './shelf.ts';
import { type ShelfServer, startShelf } from './shelf-server.ts';

const url = '/v1/shelves/a/books/one';
const subscription = 'subscription ($title: String!) { book(shelf: "a", title: $title) { note writer { name } } }';

/** Opens the events of a book; gives them one by one, as text. */
async function openEvents({ app }: ShelfServer, as: string, signal?: AbortSignal) {
  const address = app.listeningOrigin ?? (await app.listen({ port: 0 }));
  const response = await fetch(`${app.listeningOrigin || address}${url}/events`, {
    headers: { authorization: `Bearer ${as}` },
    ...(signal ? { signal } : {}),
  });
  const text = response.body?.pipeThrough(new TextDecoderStream()) ?? new ReadableStream<string>();
  return { response, events: text[Symbol.asyncIterator]() };
}

async function edit({ rest }: ShelfServer, note: string): Promise<void> {
  await rest('PATCH', url, { body: { note } });
}

async function listen({ app }: ShelfServer): Promise<string> {
  return await app.listen({ port: 0 });
}

t.test('server-sent events show the state now and after each change, until the last', async (t) => {
  const server = await startShelf();
  t.teardown(() => server.app.close());
  await listen(server);
  const { response, events } = await openEvents(server, 'viewer');
  t.equal(response.headers.get('content-type'), 'text/event-stream');
  const first = (await events.next()).value ?? '';
  t.match(first, /^id: 1\ndata: \{.*"note":"n".*\}\n\n$/);
  t.notMatch(first, /secret/);
  await edit(server, 'second');
  t.match((await events.next()).value, /^id: 2\ndata: .*"second"/);
  await edit(server, 'the end');
  t.match((await events.next()).value, /"the end"/);
  t.ok((await events.next()).done, 'it ends by itself');
  t.equal(changes.listenerCount('change'), 0, 'and listens no more');
});

t.test('a refused caller gets a problem, not a stream', async (t) => {
  const server = await startShelf();
  t.teardown(() => server.app.close());
  t.match(await server.rest('GET', `${url}/events`, { as: null }), { status: 401, code: 'unauthenticated' });
  t.match(await server.rest('GET', `${url}/events`, { as: 'auditor' }), { status: 403, code: 'forbidden' });
  t.match(await server.rest('GET', '/v1/shelves/a/books/none/events'), { status: 404, code: 'volume_not_found' });
  t.equal(changes.listenerCount('change'), 0);
});

t.test('rights are asked again for each event', async (t) => {
  const server = await startShelf();
  t.teardown(() => server.app.close());
  await listen(server);
  const { events } = await openEvents(server, 'viewer');
  await events.next();
  server.refusals.set('viewer', fail('token_revoked', 'The key was revoked.'));
  await edit(server, 'not for you');
  const last = (await events.next()).value ?? '';
  t.match(last, /^event: problem\ndata: .*"code":"token_revoked"/);
  t.notMatch(last, /not for you/);
  t.ok((await events.next()).done);
});

t.test('when the client goes, nothing stays behind', async (t) => {
  const server = await startShelf();
  t.teardown(() => server.app.close());
  await listen(server);
  const leaving = new AbortController();
  const { events } = await openEvents(server, 'viewer', leaving.signal);
  await events.next();
  t.equal(changes.listenerCount('change'), 1);
  leaving.abort();
  await t.rejects(events.next());
  for (let wait = 0; changes.listenerCount('change') > 0 && wait < 100; wait += 1) await sleep(20);
  t.equal(changes.listenerCount('change'), 0);
});

t.test('a server that closes ends its streams', async (t) => {
  const server = await startShelf();
  await listen(server);
  const { events } = await openEvents(server, 'viewer');
  await events.next();
  const startedAt = performance.now();
  await Promise.all([server.app.close(), events.next()]);
  t.ok(performance.now() - startedAt < 2000);
});

/** Subscribes over WebSocket; gives the results one by one. */
function subscribe(address: string, as: string | null, query: string, variables: Record<string, unknown>) {
  const connectionParams = as === null ? {} : { authorization: `Bearer ${as}` };
  const client = createClient({
    url: `${address.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
  });
  return { client, results: client.iterate({ query, variables }) };
}

async function codeOf(results: AsyncIterableIterator<unknown>): Promise<unknown> {
  const settled: unknown = await results.next().then(
    ({ value }) => value?.errors,
    (error: unknown) => error,
  );
  return Array.isArray(settled) ? settled[0]?.extensions?.code : settled;
}

t.test('a subscription shows the same, with its edges', async (t) => {
  const server = await startShelf();
  t.teardown(() => server.app.close());
  const { results, client } = subscribe(await listen(server), 'viewer', subscription, { title: 'one' });
  t.match(await results.next(), { value: { data: { book: { note: 'n', writer: { name: 'Ada' } } } } });
  await edit(server, 'second');
  t.match(await results.next(), { value: { data: { book: { note: 'second', writer: { name: 'Ada' } } } } });
  await edit(server, 'the end');
  t.match(await results.next(), { value: { data: { book: { note: 'the end' } } } });
  t.match(await results.next(), { done: true });
  t.equal(changes.listenerCount('change'), 0);
  await client.dispose();
});

t.test('what ends a subscription early has its code', async (t) => {
  const server = await startShelf({ STOWAGE_QUERY_DEPTH: '3' });
  t.teardown(() => server.app.close());
  const address = await listen(server);
  const cases: [string, string | null, string, object, string][] = [
    ['no credential', null, subscription, { title: 'one' }, 'unauthenticated'],
    ['an unknown credential', 'x', subscription, { title: 'one' }, 'unauthenticated'],
    ['no permission', 'auditor', subscription, { title: 'one' }, 'forbidden'],
    [
      'a hidden object',
      'viewer of a',
      'subscription { book(shelf: "b", title: "three") { note } }',
      {},
      'volume_not_found',
    ],
    ['an absent object', 'viewer', subscription, { title: 'none' }, 'volume_not_found'],
    ['an input that does not fit', 'viewer', subscription, { title: '' }, 'invalid_input'],
    ['a variable of another type', 'viewer', subscription, { title: [1] }, 'invalid_input'],
    ['no GraphQL', 'viewer', 'subscription {', {}, 'invalid_query'],
    ['an unknown field', 'viewer', 'subscription { book(shelf: "a", title: "one") { nothing } }', {}, 'invalid_query'],
    ['a query', 'viewer', '{ books { nextCursor } }', {}, 'invalid_query'],
    [
      'an unused fragment',
      'viewer',
      'subscription { book(shelf: "a", title: "one") { note } } fragment F on Book { title }',
      {},
      'invalid_query',
    ],
  ];
  for (const [name, as, query, variables, code] of cases) {
    const { results, client } = subscribe(address, as, query, { ...variables });
    t.equal(await codeOf(results), code, name);
    await client.dispose();
  }
  t.equal(changes.listenerCount('change'), 0);
});

t.test('a subscription has the limits of a query', async (t) => {
  const server = await startShelf({ STOWAGE_QUERY_DEPTH: '2' });
  t.teardown(() => server.app.close());
  const { results, client } = subscribe(await listen(server), 'viewer', subscription, { title: 'one' });
  t.equal(await codeOf(results), 'query_too_deep');
  await client.dispose();
});

t.test('a subscription ends when its credential does', async (t) => {
  const server = await startShelf();
  t.teardown(() => server.app.close());
  const { results, client } = subscribe(await listen(server), 'viewer', subscription, { title: 'one' });
  await results.next();
  server.refusals.set('viewer', fail('token_expired', 'The token has expired.'));
  await edit(server, 'not for you');
  t.equal(await codeOf(results), 'token_expired');
  t.match(await results.next(), { done: true });
  await client.dispose();
});

t.test('a client that unsubscribes or goes leaves nothing behind', async (t) => {
  const server = await startShelf();
  t.teardown(() => server.app.close());
  const address = await listen(server);
  for (const leave of ['unsubscribe', 'go'] as const) {
    const { results, client } = subscribe(address, 'viewer', subscription, { title: 'one' });
    await results.next();
    t.equal(changes.listenerCount('change'), 1);
    if (leave === 'unsubscribe') await results.return?.();
    else client.terminate();
    for (let wait = 0; changes.listenerCount('change') > 0 && wait < 100; wait += 1) await sleep(20);
    t.equal(changes.listenerCount('change'), 0, leave);
    await client.dispose();
  }
  t.ok(books.has('a/one'));
});
