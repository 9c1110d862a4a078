import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { extractPackages, fetchPackages } from './debian-packages.ts';

const libraries = 'usr/lib';
const program = 'usr/sbin/xtables-legacy-multi';

/** Of the system itself: another release's C library would not fit the loader that is here. */
const ofSystem = /^(libc6|libgcc-s1|gcc-[\d.]+-base|netbase)_/;

interface Options {
  readonly cache: string;
  readonly suite: string;
  /** Folder to unpack in; not needed afterwards. */
  readonly tree: string;
  /** The engine's `PATH`. */
  readonly programs: string;
}

/**
 * Gives the engine an iptables of its own. It leaves the host's rules alone (`iptables: false`), but needs the program
 * inside of containers: without it, containers of one network do not find each other by name.
 */
export async function addFirewallTools({ cache, suite, tree, programs }: Options): Promise<void> {
  const packages = await fetchPackages({ cache, suite, names: ['iptables'], dependencies: true });
  await extractPackages(
    packages.filter((file) => !ofSystem.test(basename(file))),
    tree,
  );
  const folder = join(programs, 'firewall');
  await mkdir(folder, { recursive: true });
  await cp(join(tree, libraries), join(folder, 'lib'), { recursive: true, verbatimSymlinks: true });
  await cp(join(tree, program), join(folder, basename(program)));
  for (const name of ['iptables', 'ip6tables']) await writeFile(join(programs, name), wrapper(name), { mode: 0o755 });
}

/** Debian keeps libraries in a folder that is named after the machine. */
function wrapper(name: string): string {
  return `#!/bin/sh
folder=$(dirname "$0")/firewall
set -- ${name} "$@"
for machine in "$folder"/lib/*-linux-gnu*; do
  LD_LIBRARY_PATH=$machine XTABLES_LIBDIR=$machine/xtables exec "$folder/${basename(program)}" "$@"
done
`;
}
