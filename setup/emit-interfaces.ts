import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { interfaceFiles } from '../src/server/interface-files.ts';
import { withMatrix } from './access-matrix.ts';
import { withEvents } from './events-page.ts';
import { withRules } from './findings-page.ts';

// Writes openapi.yaml, schema/*.graphql and the tables of docs/access.md from the operations, docs/findings.md from the rules, docs/events.md from the catalogue of events. `node setup/emit-interfaces.ts`
const root = new URL('../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');
const files = {
  ...interfaceFiles(),
  'docs/access.md': withMatrix(read('docs/access.md')),
  'docs/events.md': withEvents(read('docs/events.md')),
  'docs/findings.md': withRules(read('docs/findings.md')),
};
for (const name of readdirSync(new URL('schema/', root)))
  if (!(`schema/${name}` in files)) rmSync(new URL(`schema/${name}`, root));
for (const [name, text] of Object.entries(files)) {
  writeFileSync(new URL(name, root), text);
  console.log(name);
}
