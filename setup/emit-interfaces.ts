import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { interfaceFiles } from '../src/server/interface-files.ts';
import { withMatrix } from './access-matrix.ts';

// Writes openapi.yaml, schema/*.graphql and the tables of docs/access.md from the operations. `node setup/emit-interfaces.ts`
const root = new URL('../', import.meta.url);
const matrix = { 'docs/access.md': withMatrix(readFileSync(new URL('docs/access.md', root), 'utf8')) };
const files = { ...interfaceFiles(), ...matrix };
for (const name of readdirSync(new URL('schema/', root)))
  if (!(`schema/${name}` in files)) rmSync(new URL(`schema/${name}`, root));
for (const [name, text] of Object.entries(files)) {
  writeFileSync(new URL(name, root), text);
  console.log(name);
}
