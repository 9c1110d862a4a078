import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGround } from '../test/machinery/ground.ts';
import { benchAccess } from './access.ts';
import { benchControlPlane } from './backup/control-plane.ts';
import { benchFirstAndAgain } from './backup/first-and-again.ts';
import { benchOutage } from './backup/outage.ts';
import { benchRestore } from './backup/restore.ts';
import { benchStored } from './backup/stored.ts';
import { benchInventory } from './inventory.ts';
import { benchPermissions } from './permissions.ts';

// What `npm run bench` runs: each measurement beside its alternative, in one run, on an engine and a database of its own.
// `npm run bench -- inventory` runs one alone, `npm run bench -- backup` all whose names begin so.
const benches = {
  access: benchAccess,
  'backup/first': benchFirstAndAgain,
  'backup/stored': benchStored,
  'backup/restore': benchRestore,
  'backup/outage': benchOutage,
  'backup/control-plane': benchControlPlane,
  inventory: benchInventory,
  permissions: benchPermissions,
} as const;
const root = fileURLToPath(new URL('../', import.meta.url));
const print = (line: string) => console.log(line);
const wanted = process.argv.slice(2);
const isAsked = (name: string, wish: string) => name === wish || name.startsWith(`${wish}/`);
const unknown = wanted.find((wish) => !Object.keys(benches).some((name) => isAsked(name, wish)));
if (unknown !== undefined) throw new Error(`There is no bench "${unknown}": ${Object.keys(benches).join(', ')}.`);

for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.some((wish) => isAsked(name, wish))) continue;
  print(`\n${name}`);
  const ground = await startGround({ cache: join(root, '.stowage/cache'), print });
  try {
    Object.assign(process.env, ground.environment);
    await bench(print);
  } finally {
    await ground.stop();
  }
}
