import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';

const folders = ['src', 'demo', 'bench', 'setup', 'test'];
const mostLines = 250;
const generated = 'src/database/generated';
const meaningless = ['utils', 'util', 'helpers', 'common', 'lib', 'misc', 'core', 'service', 'services'];
// "helpers" are things of the domain in the engine port: containers that help.
const meant = ['src/engine/helpers.ts'];
const readsEnvironment = ['src/config.ts'];

/** The rules that no tool knows: lines of a file, names that say nothing, who reads the environment. Prints what breaks them. */
export async function houseRules(root) {
  const files = (await Promise.all(folders.map((folder) => filesBelow(root, folder)))).flat();
  const findings = (await Promise.all(files.map((file) => findingsOf(root, file)))).flat();
  for (const finding of findings) console.error(finding);
  return findings.length === 0;
}

async function filesBelow(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return files.filter((file) => /\.(ts|mjs|cjs)$/.test(file) && !file.startsWith(`${generated}/`));
}

async function findingsOf(root, file) {
  const text = await readFile(join(root, file), 'utf8');
  const lines = text.split('\n').length - 1;
  const names = [...file.split('/').slice(0, -1), basename(file, extname(file))];
  const bad = meant.includes(file) ? undefined : names.find((name) => meaningless.includes(name));
  const readsIt = file.startsWith('src/') && !readsEnvironment.includes(file) && /\bprocess\.env\b/.test(text);
  return [
    lines > mostLines && `${file}: ${lines} lines; at most ${mostLines}`,
    bad !== undefined && `${file}: "${bad}" says nothing about what is inside`,
    readsIt && `${file}: only ${readsEnvironment.join(', ')} reads the environment`,
  ].filter((finding) => finding !== false);
}
