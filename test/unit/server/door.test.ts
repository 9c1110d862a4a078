import t from 'tap';
import { startShelf } from './shelf-server.ts';

type Expected = 'ok' | 'forbidden' | 'volume_not_found' | 'unauthenticated';

const read = {
  rest: ['GET', '/v1/shelves/b/books/three'],
  graphql: '{ it: book(shelf: "b", title: "three") { title } }',
} as const;
const edit = {
  rest: ['PATCH', '/v1/shelves/b/books/three', { note: 'x' }],
  graphql: 'mutation { it: editBook(input: {shelf: "b", title: "three", note: "x"}) { title } }',
} as const;
const editNone = {
  rest: ['PATCH', '/v1/shelves/b/books/none', { note: 'x' }],
  graphql: 'mutation { it: editBook(input: {shelf: "b", title: "none", note: "x"}) { title } }',
} as const;

const table: [string, { rest: readonly [string, string, object?]; graphql: string }, Record<string, Expected>][] = [
  [
    'read a book of b',
    read,
    {
      admin: 'ok',
      viewer: 'ok',
      'viewer of a': 'volume_not_found',
      'admin of a, viewer of b': 'ok',
      auditor: 'forbidden',
      nobody: 'forbidden',
    },
  ],
  [
    'edit a book of b',
    edit,
    {
      admin: 'ok',
      viewer: 'forbidden',
      'viewer of a': 'forbidden',
      'admin of a, viewer of b': 'forbidden',
      auditor: 'forbidden',
    },
  ],
  [
    'edit a book that is not there',
    editNone,
    { admin: 'volume_not_found', viewer: 'forbidden', 'admin of a, viewer of b': 'volume_not_found' },
  ],
];

for (const [name, call, expectations] of table)
  t.test(`who may ${name}, in both interfaces`, async (t) => {
    const { app, rest, graphql } = await startShelf();
    t.teardown(() => app.close());
    const [method, url, body] = call.rest;
    for (const [as, expected] of Object.entries({ ...expectations, stranger: 'unauthenticated' })) {
      const wanted = expected === 'ok' ? undefined : expected;
      t.equal((await rest(method as 'GET', url, { as, body })).code, wanted, `REST: ${as}`);
      t.equal((await graphql(call.graphql, { as })).code, wanted, `GraphQL: ${as}`);
    }
  });

t.test('lists show what the caller reaches', async (t) => {
  const { app, rest, graphql } = await startShelf();
  t.teardown(() => app.close());
  for (const [as, count] of [
    ['viewer', 3],
    ['viewer of a', 2],
    ['admin of a, viewer of b', 3],
  ] as const) {
    t.equal((await rest('GET', '/v1/books', { as })).body.items.length, count, as);
    t.equal((await graphql('{ books { items { title } } }', { as })).body.data.books.items.length, count, as);
  }
});

t.test('the audit has every command and every refusal, a hidden object as a refusal', async (t) => {
  const { app, rest, audit } = await startShelf();
  t.teardown(() => app.close());
  await rest('GET', '/v1/books');
  await rest('GET', '/v1/shelves/b/books/none');
  t.same(audit, [], 'reading is not audited');
  await rest('POST', '/v1/shelves/b/books', { body: { title: 'x' } });
  await rest('POST', '/v1/shelves/b/books', { body: { title: 'x' } });
  await rest('GET', '/v1/shelves/b/books/three', { as: 'viewer of a' });
  await rest('DELETE', '/v1/shelves/b/books/three', { as: 'viewer' });
  await rest('GET', '/v1/books', { as: null });
  await rest('GET', '/v1/books', { as: 'stranger' });
  t.same(audit, [
    'books.add ok',
    'books.add failed volume_exists',
    'books.get refused volume_not_found',
    'books.burn refused forbidden',
    'books.list refused unauthenticated',
    'books.list refused unauthenticated',
  ]);
});
