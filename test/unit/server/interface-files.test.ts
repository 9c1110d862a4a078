import { readdirSync, readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { buildSchema, validateSchema } from 'graphql';
import t from 'tap';
import { parse } from 'yaml';
import { interfaceFiles } from '../../../src/server/interface-files.ts';

const root = new URL('../../../', import.meta.url);
const files = interfaceFiles();

t.test('the files of the interfaces are those that the operations make', (t) => {
  for (const [name, text] of Object.entries(files))
    t.ok(readFileSync(new URL(name, root), 'utf8') === text, `${name} is fresh (else: node setup/emit-interfaces.ts)`);
  const committed = readdirSync(new URL('schema/', root)).map((name) => `schema/${name}`);
  t.same(
    committed.sort(),
    Object.keys(files)
      .filter((name) => name.startsWith('schema/'))
      .sort(),
    'and no others',
  );
  t.end();
});

t.test('openapi.yaml passes a linter, its examples fit their schemas', async (t) => {
  const config = await createConfig({
    extends: ['recommended'],
    rules: { 'no-invalid-media-type-examples': 'error', 'no-invalid-parameter-examples': 'error' },
  });
  const problems = await lintFromString({ source: files['openapi.yaml'] ?? '', absoluteRef: 'openapi.yaml', config });
  t.same(
    problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`),
    [],
  );
});

t.test('the reference says what each group of operations is about', (t) => {
  const { tags } = parse(files['openapi.yaml'] ?? '');
  for (const { name, description } of tags) t.ok(description, `${name} (else: src/server/openapi-tags.ts)`);
  t.end();
});

t.test('the parts of the GraphQL schema are one valid schema', (t) => {
  const parts = Object.entries(files).filter(([name]) => name.startsWith('schema/'));
  t.same(validateSchema(buildSchema(parts.map(([, text]) => text).join('\n'))), []);
  t.end();
});
