import t from 'tap';
import { batches } from './shelf.ts';
import { startShelf } from './shelf-server.ts';

t.test('queries and mutations are operations', async (t) => {
  const { app, graphql, audit } = await startShelf();
  t.teardown(() => app.close());
  const created = await graphql(
    'mutation ($input: AddBookInput!) { addBook(input: $input) { title bytes binding labels } }',
    {
      variables: {
        input: { shelf: 'a', title: 'g', bytes: Number.MAX_SAFE_INTEGER, binding: 'leather', labels: { x: 'y' } },
      },
    },
  );
  t.same(created.body, {
    data: { addBook: { title: 'g', bytes: Number.MAX_SAFE_INTEGER, binding: 'leather', labels: { x: 'y' } } },
  });
  const literal = await graphql(
    'mutation { addBook(input: { shelf: "a", title: "l", bytes: 5000000000000, labels: {k: "v"} }) { bytes labels } }',
  );
  t.same(literal.body.data.addBook, { bytes: 5_000_000_000_000, labels: { k: 'v' } });
  t.same((await graphql('{ books(limit: 1, shelf: "b") { items { title } nextCursor } }')).body.data.books, {
    items: [{ title: 'three' }],
    nextCursor: null,
  });
  t.same(audit, ['books.add ok', 'books.add ok'], 'commands are audited, queries are not');
});

t.test('a field of many objects is read in one batch', async (t) => {
  const { app, graphql } = await startShelf();
  t.teardown(() => app.close());
  const query = '{ books { items { title writer { name } writers { born } } } }';
  for (const round of ['at first', 'and compiled']) {
    batches.length = 0;
    const { body } = await graphql(query);
    t.same(body.data.books.items[1], { title: 'two', writer: { name: 'Bob' }, writers: [{ born: 1815 }] }, round);
    t.same(
      batches,
      [
        ['Ada', 'Bob'],
        ['Ada', 'Bob'],
      ],
      'each key once, one batch a field',
    );
  }
});

t.test('null means "not given", except where the schema has a meaning for it', async (t) => {
  const { app, graphql } = await startShelf();
  t.teardown(() => app.close());
  const edit = 'mutation ($input: EditBookInput!) { editBook(input: $input) { note } }';
  const input = { shelf: 'a', title: 'one' };
  t.equal((await graphql(edit, { variables: { input } })).body.data.editBook.note, 'n');
  t.equal(
    (await graphql(edit, { variables: { input: { ...input, note: null, expectedVersion: null } } })).body.data.editBook
      .note,
    null,
  );
});

t.test('an absent object is null, with its error; the other fields of the answer stand', async (t) => {
  const { app, graphql } = await startShelf();
  t.teardown(() => app.close());
  const { body, status } = await graphql(
    '{ missing: book(shelf: "a", title: "none") { title } found: book(shelf: "a", title: "one") { title } }',
    {
      headers: { 'x-request-id': 'abc' },
    },
  );
  t.equal(status, 200);
  t.same(body.data, { missing: null, found: { title: 'one' } });
  t.match(body.errors, [
    {
      message: 'There is no book "none" on "a".',
      path: ['missing'],
      extensions: { code: 'volume_not_found', kind: 'missing', requestId: 'abc' },
    },
  ]);
});

t.test('what is wrong with a request has a code, compiled or not', async (t) => {
  const { app, graphql } = await startShelf();
  t.teardown(() => app.close());
  const add = 'mutation ($input: AddBookInput!) { addBook(input: $input) { title } }';
  const cases: [string, string, object | undefined, string][] = [
    ['no GraphQL', '{ books(', undefined, 'invalid_query'],
    ['a syntax tree in JSON', JSON.stringify({ kind: 'Document', definitions: [] }), undefined, 'invalid_query'],
    ['a number', '5', undefined, 'invalid_query'],
    ['an empty query', '', undefined, 'invalid_query'],
    ['an unknown field', '{ nothing }', undefined, 'invalid_query'],
    ['no selection', '{ books }', undefined, 'invalid_query'],
    ['an unknown argument', '{ books(nope: 1) { nextCursor } }', undefined, 'invalid_input'],
    ['a required argument is missing', '{ book(shelf: "a") { title } }', undefined, 'invalid_input'],
    ['an argument of a wrong type', '{ books(limit: "x") { nextCursor } }', undefined, 'invalid_input'],
    ['an argument out of range', '{ books(limit: 501) { nextCursor } }', undefined, 'invalid_input'],
    ['an unknown field of an input', add, { input: { shelf: 'a', title: 't', nope: 1 } }, 'invalid_input'],
    ['a missing field of an input', add, { input: { shelf: 'a' } }, 'invalid_input'],
    ['an unknown word', add, { input: { shelf: 'a', title: 't', binding: 'silk' } }, 'invalid_input'],
    ['too large a number', add, { input: { shelf: 'a', title: 't', bytes: 2 ** 60 } }, 'invalid_input'],
    [
      'too large a literal',
      'mutation { addBook(input: {shelf: "a", title: "t", bytes: 1152921504606846976}) { title } }',
      undefined,
      'invalid_input',
    ],
    ['no variable', add, {}, 'invalid_input'],
    ['no variables', add, undefined, 'invalid_input'],
    ['labels that are none', add, { input: { shelf: 'a', title: 't', labels: [1] } }, 'invalid_input'],
  ];
  for (const [name, query, variables, code] of cases)
    for (const round of [1, 2, 3]) {
      const answer = await graphql(query, variables === undefined ? {} : { variables });
      t.equal(answer.code, code, `${name}, call ${round}: ${answer.text.slice(0, 150)}`);
    }
  t.match(await graphql('{ nothing }'), {
    status: 400,
    body: { data: null, errors: [{ locations: [{ line: 1, column: 3 }] }] },
  });
});

t.test('an unexpected error shows nothing but the request id', async (t) => {
  const { app, graphql } = await startShelf();
  t.teardown(() => app.close());
  const answer = await graphql('{ breakDown { title } }');
  t.equal(answer.code, 'internal');
  t.notMatch(answer.text, /secret/);
});

t.test('of several operations in a document the named one is executed, each time', async (t) => {
  const { app, graphql } = await startShelf();
  t.teardown(() => app.close());
  const query = 'query A { books(shelf: "a") { items { title } } } query B { books(shelf: "b") { items { title } } }';
  for (const operationName of ['A', 'B', 'A', 'B', 'B', 'A']) {
    const { body } = await graphql(query, { operationName });
    t.equal(body.data.books.items.length, operationName === 'A' ? 2 : 1, operationName);
  }
  t.equal((await graphql(query)).code, 'invalid_query');
  t.equal((await graphql(query, { operationName: 'C' })).code, 'invalid_query');
});

t.test('who is nobody learns nothing: no schema, no validation', async (t) => {
  const { app, graphql, audit } = await startShelf();
  t.teardown(() => app.close());
  for (const query of ['{ __schema { types { name } } }', '{ nothing }', '{ books { nextCursor } }', '{ books('])
    t.match(await graphql(query, { as: null }), { status: 401, code: 'unauthenticated' }, query);
  t.same(new Set(audit), new Set(['graphql refused unauthenticated']));
  t.match(await graphql('{ __schema { types { name } } }'), { status: 200 });
});

t.test('GET is refused, as are other bodies', async (t) => {
  const { app, rest } = await startShelf();
  t.teardown(() => app.close());
  const { body, status } = await rest('GET', `/graphql?query=${encodeURIComponent('{ books { nextCursor } }')}`);
  t.equal(body.errors[0].extensions.code, 'invalid_query');
  t.equal(status, 400);
  const post = async (payload: string, type = 'application/json') =>
    (await rest('POST', '/graphql', { body: payload, headers: { 'content-type': type } })).code;
  t.equal(await post('{"query":'), 'invalid_json');
  t.equal(await post('{}'), 'invalid_query');
  t.equal(await post('[{"query":"{ __typename }"}]'), 'invalid_query');
  t.equal(await post('<x/>', 'text/xml'), 'unsupported_media_type');
  t.equal(
    await post(JSON.stringify({ query: `{ books(shelf: "${'x'.repeat(1_100_000)}") { nextCursor } }` })),
    'body_too_large',
  );
});
