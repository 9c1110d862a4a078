import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { interfaceFiles } from '../src/server/interface-files.ts';

// Writes openapi.yaml and schema/*.graphql from the operations. `node setup/emit-interfaces.ts`
const root = new URL('../', import.meta.url);
const files = interfaceFiles();
for (const name of readdirSync(new URL('schema/', root))) if (!(`schema/${name}` in files)) rmSync(new URL(`schema/${name}`, root));
for (const [name, text] of Object.entries(files)) {
  writeFileSync(new URL(name, root), text);
  console.log(name);
}
