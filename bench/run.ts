import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGround } from '../test/machinery/ground.ts';
import { benchBackup } from './backup.ts';

// What `npm run bench` runs: each measurement beside its alternative, in one run, on an engine and a database of its own.
const root = fileURLToPath(new URL('../', import.meta.url));
const print = (line: string) => console.log(line);

const ground = await startGround({ cache: join(root, '.stowage/cache'), print });
try {
  Object.assign(process.env, ground.environment);
  await benchBackup(print);
} finally {
  await ground.stop();
}
