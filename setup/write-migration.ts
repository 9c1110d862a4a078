import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { diffDatamodels } from './schema-engine.ts';

// Writes prisma/migrations/<name>/migration.sql: what leads from the datamodel of a git revision to the one in the work
// tree; without a revision from nothing. `DATABASE_URL=… node setup/write-migration.ts <name> [revision]`
const [name, revision] = process.argv.slice(2);
const databaseUrl = process.env['DATABASE_URL'];
if (name === undefined || databaseUrl === undefined)
  throw new Error('Usage: DATABASE_URL=… node setup/write-migration.ts <name> [git revision]');

const root = new URL('../', import.meta.url);
const now = await readFile(new URL('prisma/schema.prisma', root), 'utf8');
const before =
  revision === undefined
    ? null
    : execFileSync('git', ['show', `${revision}:prisma/schema.prisma`], { cwd: root, encoding: 'utf8' });

const sql = await diffDatamodels(databaseUrl, before, now);
const folder = new URL(`prisma/migrations/${name}/`, root);
await mkdir(folder, { recursive: true });
await writeFile(new URL('migration.sql', folder), sql);
console.log(`prisma/migrations/${name}/migration.sql written`);
