import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGround } from '../test/machinery/ground.ts';
import { benchAccess } from './access.ts';
import { benchBackup } from './backup.ts';
import { benchInventory } from './inventory.ts';
import { benchPermissions } from './permissions.ts';

// What `npm run bench` runs: each measurement beside its alternative, in one run, on an engine and a database of its own.
// `npm run bench -- inventory` runs one alone.
const benches = {
  access: benchAccess,
  backup: benchBackup,
  inventory: benchInventory,
  permissions: benchPermissions,
} as const;
const root = fileURLToPath(new URL('../', import.meta.url));
const print = (line: string) => console.log(line);
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in benches));
if (unknown !== undefined) throw new Error(`There is no bench "${unknown}": ${Object.keys(benches).join(', ')}.`);

for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const ground = await startGround({ cache: join(root, '.stowage/cache'), print });
  try {
    Object.assign(process.env, ground.environment);
    await bench(print);
  } finally {
    await ground.stop();
  }
}
