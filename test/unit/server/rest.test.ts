import t from 'tap';
import { books } from './shelf.ts';
import { startShelf } from './shelf-server.ts';

t.test('a list takes its input from the query string, converted by the schema', async (t) => {
  const { app, rest } = await startShelf();
  t.teardown(() => app.close());
  const one = await rest('GET', '/v1/books?limit=1&leather=true');
  t.equal(one.status, 200);
  t.equal(one.body.items.length, 1);
  t.same(
    (await rest('GET', '/v1/books?titles=two')).body.items.map((book: { title: string }) => book.title),
    ['two'],
    'one value is a list',
  );
  t.equal((await rest('GET', '/v1/books?titles=two&titles=three')).body.items.length, 2, 'repeated keys are a list');
  for (const query of ['limit=x', 'limit=501', 'limit=1&limit=2', 'nope=1', 'leather=perhaps'])
    t.match(await rest('GET', `/v1/books?${query}`), { status: 400, code: 'invalid_input' }, query);
});

t.test('an output shows what its schema has, and no more', async (t) => {
  const { app, rest } = await startShelf();
  t.teardown(() => app.close());
  const { text, body } = await rest('GET', '/v1/shelves/a/books/one');
  t.equal(body.bytes, 5_000_000_000_000);
  t.same(body.labels, { k: 'v' });
  t.notMatch(text, /secret|hush/);
});

t.test('a command takes its body; each field has one place', async (t) => {
  const { app, rest } = await startShelf();
  t.teardown(() => app.close());
  const added = await rest('POST', '/v1/shelves/a/books', { body: { title: 'new', bytes: Number.MAX_SAFE_INTEGER } });
  t.match(added, {
    status: 201,
    headers: { location: '/v1/shelves/a/books/new' },
    body: { shelf: 'a', bytes: Number.MAX_SAFE_INTEGER },
  });

  const refused: [string, Parameters<typeof rest>][] = [
    ['an unknown field', ['POST', '/v1/shelves/a/books', { body: { title: 'x', nope: 1 } }]],
    ['a path parameter in the body', ['POST', '/v1/shelves/a/books', { body: { title: 'x', shelf: 'b' } }]],
    ['a body field in the query string', ['POST', '/v1/shelves/a/books?bytes=1', { body: { title: 'x' } }]],
    ['a body with DELETE', ['DELETE', '/v1/shelves/a/books/one', { body: { confirm: 'one' } }]],
    ['a list as body', ['POST', '/v1/shelves/a/books', { body: [] }]],
    ['null where it means nothing', ['POST', '/v1/shelves/a/books', { body: { title: 'x', bytes: null } }]],
    ['too large a number', ['POST', '/v1/shelves/a/books', { body: { title: 'x', bytes: 2 ** 60 } }]],
  ];
  for (const [name, call] of refused)
    t.match(
      await rest(...call),
      { status: 400, code: 'invalid_input', headers: { 'content-type': /problem\+json/ } },
      name,
    );
  const { body } = await rest('POST', '/v1/shelves/a/books', { body: { title: 'x', nope: 1 } });
  t.same(body.errors, [{ path: '/nope', rule: 'additionalProperties', message: 'unknown field "nope"' }]);
  t.match(
    await rest('DELETE', '/v1/shelves/a/books/one?confirm=one'),
    { status: 200 },
    'DELETE takes the query string',
  );
});

t.test('a body that cannot be read has a code of its own', async (t) => {
  const { app, rest } = await startShelf({ STOWAGE_BODY_BYTES: '100' });
  t.teardown(() => app.close());
  const url = '/v1/shelves/a/books';
  const json = { 'content-type': 'application/json' };
  t.match(await rest('POST', url, { body: '{"title":', headers: json }), { status: 400, code: 'invalid_json' });
  t.match(await rest('POST', url, { body: '{"__proto__":{}}', headers: json }), { status: 400, code: 'invalid_json' });
  t.match(await rest('POST', url, { body: { title: 'x'.repeat(200) } }), { status: 413, code: 'body_too_large' });
  t.match(
    await rest('POST', url, { body: 'title=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    { status: 415, code: 'unsupported_media_type' },
  );
  t.match(await rest('POST', url, { body: 'x', headers: { 'content-type': 'text/plain' } }), {
    status: 415,
    code: 'unsupported_media_type',
  });
  t.match(
    await rest('POST', url, { body: '', headers: json }),
    { status: 400, code: 'invalid_input' },
    'no body is an empty input',
  );
  t.match(
    await rest('POST', url, { as: null, body: '{"title":', headers: json }),
    { status: 401, code: 'unauthenticated' },
    'who is nobody need not send a body',
  );
});

t.test('a problem document says what, where and under which request id', async (t) => {
  const { app, rest } = await startShelf();
  t.teardown(() => app.close());
  const { body, headers, status } = await rest('GET', '/v1/shelves/a/books/none?', {
    headers: { 'x-request-id': 'my-request.1' },
  });
  t.equal(status, 404);
  t.equal(headers['x-request-id'], 'my-request.1');
  t.same(body, {
    type: '/docs/errors#volume_not_found',
    title: 'There is no such volume',
    status: 404,
    detail: 'There is no book "none" on "a".',
    code: 'volume_not_found',
    instance: '/v1/shelves/a/books/none',
    requestId: 'my-request.1',
  });
  const other = await rest('GET', '/v1/books', { headers: { 'x-request-id': 'no good\u0009' } });
  t.match(other.headers['x-request-id'], /^[0-9a-f-]{36}$/, 'an id that is not sane is replaced');
  t.match(await rest('GET', '/v1/nowhere'), {
    status: 404,
    code: 'route_not_found',
    body: { instance: '/v1/nowhere' },
  });
  t.match(await rest('PUT', '/v1/books'), { status: 404, code: 'route_not_found' });
  t.match(await rest('GET', '/v1/%zz'), { status: 400, code: 'invalid_input' });
});

t.test('an unexpected error shows nothing but the request id', async (t) => {
  const { app, rest } = await startShelf();
  t.teardown(() => app.close());
  const answer = await rest('GET', '/v1/break-down');
  t.match(answer, { status: 500, code: 'internal' });
  t.notMatch(answer.text, /secret/);
  t.match(answer.body.detail, answer.headers['x-request-id'] as string);
});

t.test('an edit is refused when the resource has changed since it was read', async (t) => {
  const { app, rest } = await startShelf();
  t.teardown(() => app.close());
  const url = '/v1/shelves/a/books/one';
  const etag = String((await rest('GET', url)).headers['etag']);
  const edited = await rest('PATCH', url, { body: { note: 'x' }, headers: { 'if-match': etag } });
  t.match(edited, { status: 200, body: { version: 2 } });
  t.not(edited.headers['etag'], etag);
  t.match(await rest('PATCH', url, { body: { note: 'y' }, headers: { 'if-match': etag } }), {
    status: 412,
    code: 'version_mismatch',
  });
  t.match(
    await rest('PATCH', url, { body: { note: 'y' }, headers: { 'if-match': '"2"' } }),
    { status: 200 },
    'the version alone is enough',
  );
  t.match(await rest('PATCH', url, { body: { note: 'z' }, headers: { 'if-match': '*' } }), { status: 200 });
  for (const bad of ['2', 'W/"2"', '"two"', '"1", "2"'])
    t.match(
      await rest('PATCH', url, { body: {}, headers: { 'if-match': bad } }),
      { status: 400, code: 'invalid_input' },
      bad,
    );
  t.match(
    await rest('PATCH', url, { body: { expectedVersion: 4 } }),
    { status: 400, code: 'invalid_input' },
    'the header is its only place',
  );
  t.match(
    await rest('POST', '/v1/shelves/a/books', { body: { title: 'n' }, headers: { 'if-match': '"1"' } }),
    { status: 400, code: 'invalid_input' },
    'it is not ignored',
  );
});

t.test('what the caller has already is not sent again, unless it looks different by now', async (t) => {
  const { app, rest } = await startShelf();
  t.teardown(() => app.close());
  const url = '/v1/shelves/a/books/one';
  const etag = String((await rest('GET', url)).headers['etag']);
  const again = await rest('GET', url, { headers: { 'if-none-match': `"x", W/${etag}` } });
  t.match(again, { status: 304, text: '', headers: { etag } });
  const book = books.get('a/one');
  if (book !== undefined) book.bytes += 1;
  t.equal(
    (await rest('GET', url, { headers: { 'if-none-match': etag } })).status,
    200,
    'a change that is no edit shows too',
  );
});

t.test('a download has its name and is REST only', async (t) => {
  const { app, rest } = await startShelf();
  t.teardown(() => app.close());
  const answer = await rest('GET', '/v1/shelves/a/books/one/text');
  t.match(answer, { status: 200, text: 'text of one', headers: { 'content-type': 'application/octet-stream' } });
  t.equal(
    answer.headers['content-disposition'],
    `attachment; filename="one ___.txt"; filename*=UTF-8''one%20%22%C3%A4%22.txt`,
  );
  t.match(await rest('GET', '/v1/shelves/b/books/three/text', { as: 'viewer of a' }), {
    status: 404,
    code: 'volume_not_found',
  });
});

t.test('health, metrics and headers', async (t) => {
  const { app, rest } = await startShelf();
  t.teardown(() => app.close());
  t.match(await rest('GET', '/livez', { as: null }), { status: 200 });
  t.same((await rest('GET', '/readyz', { as: null })).body.checks, [
    { name: 'database', ok: true },
    { name: 'engine/local', ok: true },
    { name: 'queue', ok: true },
  ]);
  await rest('GET', '/v1/books');
  t.match(
    (await rest('GET', '/metrics', { as: null })).text,
    /stowage_operation_duration_seconds_count\{operation="books.list",outcome="ok"\} 1/,
  );
  t.match((await rest('GET', '/v1/books')).headers, {
    'x-content-type-options': 'nosniff',
    'content-security-policy': /default-src 'none'/,
  });
});
