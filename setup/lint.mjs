import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { houseRules } from './house-rules.mjs';

// Every static check, one after the other; all of them run, also when one fails. `npm run lint -- --fix` lets Biome mend
// what it can.
const root = fileURLToPath(new URL('../', import.meta.url));
const require = createRequire(import.meta.url);
const fix = process.argv.includes('--fix') ? ['--write'] : [];
const cruised = ['src', 'demo', 'bench', 'setup', 'test'].filter((folder) => existsSync(join(root, folder)));

const checks = [
  ['types (tsc)', () => run('typescript', 'tsc', ['--noEmit', '--pretty', 'false'])],
  ['style (biome)', () => run('@biomejs/biome', 'biome', ['check', ...fix, '--max-diagnostics=200'])],
  [
    'imports (dependency-cruiser)',
    () => run('dependency-cruiser', 'depcruise', ['--config', '.dependency-cruiser.cjs', ...cruised]),
  ],
  ['leftovers (knip)', () => run('knip', 'knip', ['--no-progress'])],
  ['house rules (sizes, names, environment)', () => houseRules(root)],
];

const failed = [];
for (const [name, check] of checks) {
  const startedAt = performance.now();
  const ok = await check();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${ok ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (!ok) failed.push(name);
}
console.log(failed.length === 0 ? `lint passed: ${checks.length} checks` : `lint FAILED: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Runs a command of an installed package under this Node; whether it ended with exit code 0. */
function run(packageName, command, args) {
  const { promise, resolve } = Promise.withResolvers();
  const child = spawn(process.execPath, [binaryOf(packageName, command), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  child.on('error', (error) => {
    console.error(`${packageName} could not be started: ${error.message}`);
    resolve(false);
  });
  child.on('close', (code) => resolve(code === 0));
  return promise;
}

// Not every package exports its package.json, so it is read from where node_modules lies.
function binaryOf(packageName, command) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = require(join(folder, 'package.json'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}
