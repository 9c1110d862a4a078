import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { extractPackages, fetchPackages } from '../../src/engine/debian-packages.ts';
import { groundOfTests } from './ground-environment.ts';

const run = promisify(execFile);
const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** A command line tool of Docker, from Debian's package: it runs as a program of its own. */
async function programOf(name: string, path: string): Promise<string> {
  const { cache } = groundOfTests();
  const folder = join(cache, name.replace('docker-', ''));
  if (!existsSync(folder)) {
    const packages = await fetchPackages({
      cache: join(cache, 'packages'),
      suite: 'sid',
      names: [name],
      dependencies: false,
    });
    await mkdir(cache, { recursive: true });
    const unpacked = await mkdtemp(`${folder}-`);
    await extractPackages(packages, unpacked);
    // Another test may have been faster.
    await rename(unpacked, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  }
  return join(folder, path);
}

/** Runs compose in the checkout on the test engine; gives what it printed. Throws with it when it fails. */
export async function compose(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const { dockerHost } = groundOfTests();
  const { stdout } = await run(
    await programOf('docker-compose', 'usr/libexec/docker/cli-plugins/docker-compose'),
    [...args],
    {
      cwd: checkout,
      env: { PATH, HOME, DOCKER_HOST: dockerHost, ...env },
      maxBuffer: 2 ** 24,
    },
  );
  return stdout;
}

/** Runs docker on the test engine, as somebody at a terminal would; gives what it printed. Throws with what it said when it fails. */
export async function dockerCommand(args: readonly string[]): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const { dockerHost } = groundOfTests();
  const program = await programOf('docker-cli', 'usr/bin/docker');
  const { stdout } = await run(program, [...args], { env: { PATH, HOME, DOCKER_HOST: dockerHost } });
  return stdout.trim();
}
