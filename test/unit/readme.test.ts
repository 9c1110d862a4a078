import { readdirSync, readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import t from 'tap';
import { routes } from '../../src/server/interfaces.ts';

const root = new URL('../../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');

t.test('the GraphQL of the README fits the schema', async (t) => {
  const files = readdirSync(new URL('schema/', root)).map((name) =>
    readFileSync(new URL(`schema/${name}`, root), 'utf8'),
  );
  const schema = buildSchema(files.join('\n'));
  const blocks = [...readme.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  t.ok(blocks.length >= 2);
  for (const block of blocks)
    for (const operation of parse(block).definitions)
      t.same(validate(schema, { kind: 'Document' as never, definitions: [operation] }), []);
});

t.test('the addresses of the README are there', async (t) => {
  const known = routes.map(({ url }) => new RegExp(`^${url.replaceAll(/:\w+/g, '[\\w-]+')}$`));
  const asked = [...readme.matchAll(/\$API(\/[\w/-]+)/g)].map(([, path]) => `/v1${path}`);
  t.ok(asked.length >= 8);
  for (const path of asked)
    t.ok(
      known.some((pattern) => pattern.test(path)),
      path,
    );
});
