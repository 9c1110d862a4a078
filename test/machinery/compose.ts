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

/** Docker's compose tool, from Debian's package: it runs as a program of its own. */
async function composeProgram(): Promise<string> {
  const { cache } = groundOfTests();
  const folder = join(cache, 'compose');
  if (!existsSync(folder)) {
    const packages = await fetchPackages({
      cache: join(cache, 'packages'),
      suite: 'sid',
      names: ['docker-compose'],
      dependencies: false,
    });
    await mkdir(cache, { recursive: true });
    const unpacked = await mkdtemp(join(cache, 'compose-'));
    await extractPackages(packages, unpacked);
    await rename(unpacked, folder);
  }
  return join(folder, 'usr/libexec/docker/cli-plugins/docker-compose');
}

/** Runs compose in the checkout on the test engine; gives what it printed. Throws with it when it fails. */
export async function compose(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const { dockerHost } = groundOfTests();
  const { stdout } = await run(await composeProgram(), [...args], {
    cwd: checkout,
    env: { PATH, HOME, DOCKER_HOST: dockerHost, ...env },
    maxBuffer: 2 ** 24,
  });
  return stdout;
}
