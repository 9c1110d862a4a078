import t from 'tap';
import { startShelf } from './shelf-server.ts';

t.test('a query may be so deep and no deeper', async (t) => {
  const { app, graphql } = await startShelf({ STOWAGE_QUERY_DEPTH: '3' });
  t.teardown(() => app.close());
  t.equal((await graphql('{ books { items { title } } }')).code, undefined);
  t.match(await graphql('{ books { items { writer { name } } } }'), { status: 400, code: 'query_too_deep' });
  const throughFragments =
    'query { books { ...P } } fragment P on BookPage { items { ...B } } fragment B on Book { writer { name } }';
  t.equal((await graphql(throughFragments)).code, 'query_too_deep');
  t.equal((await graphql('{ books { ... { items { ... on Book { writer { name } } } } } }')).code, 'query_too_deep');
});

t.test('introspection is deep and free', async (t) => {
  const { app, graphql } = await startShelf({ STOWAGE_QUERY_DEPTH: '1', STOWAGE_QUERY_COST: '1' });
  t.teardown(() => app.close());
  const { getIntrospectionQuery } = await import('graphql');
  t.match((await graphql(getIntrospectionQuery())).body, { data: { __schema: { queryType: { name: 'Query' } } } });
});

t.test('limits of pages multiply down the nesting', async (t) => {
  const { app, graphql } = await startShelf({ STOWAGE_QUERY_COST: '1000' });
  t.teardown(() => app.close());
  const costs = async (query: string, variables = {}) =>
    (await graphql(query, { variables })).code === 'query_too_costly';
  t.notOk(await costs('{ books(limit: 400) { items { writer { name } } } }'), '400 books and 400 writers');
  t.ok(await costs('{ books(limit: 500) { items { writer { name } } } }'), '500 and 500');
  t.ok(await costs('{ books(limit: 100) { items { writers { name } } } }'), 'a list without a limit counts as ten');
  t.ok(
    await costs('{ books { items { writers { name } writer { name } w: writers { name } } } }'),
    'a page without a limit counts as fifty',
  );
  const variable = 'query ($n: Int) { books(limit: $n) { items { writer { name } } } }';
  t.ok(await costs(variable, { n: 500 }));
  t.notOk(await costs(variable, { n: 5 }));
  t.ok(
    await costs(`{ ${Array.from({ length: 20 }, (_, i) => `b${i}: books { items { title } }`).join(' ')} }`),
    'each alias counts',
  );
  t.ok(
    await costs(
      `mutation { ${Array.from({ length: 11 }, (_, i) => `b${i}: addBook(input: {shelf: "a", title: "${i}"}) { title }`).join(' ')} }`,
    ),
  );
});

t.test('fragments that multiply are measured, not followed', async (t) => {
  const { app, graphql } = await startShelf();
  t.teardown(() => app.close());
  const levels = 40;
  const bombs = Array.from(
    { length: levels },
    (_, i) =>
      `fragment F${i} on Query { ${i === levels - 1 ? 'books { items { title } }' : `a${i}: books { items { title } } ...F${i + 1} ... { ...F${i + 1} }`} }`,
  );
  const startedAt = performance.now();
  t.equal((await graphql(`{ ...F0 } ${bombs.join(' ')}`)).code, 'query_too_costly');
  t.ok(performance.now() - startedAt < 3000);
});

t.test('a text that is nested without end is refused before it is read', async (t) => {
  const { app, graphql } = await startShelf();
  t.teardown(() => app.close());
  t.equal((await graphql('{ books '.repeat(100_000))).code, 'query_too_deep');
  t.equal((await graphql(`{ books(titles: ${'['.repeat(400_000)}) { nextCursor } }`)).code, 'query_too_deep');
  const harmless = `{ books(shelf: ${JSON.stringify('{'.repeat(500))}) { nextCursor } } # ${'('.repeat(500)}`;
  t.equal((await graphql(harmless)).code, undefined, 'brackets in strings and comments do not count');
});
