import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import { extractPackages, fetchPackages } from '../../src/engine/debian-packages.ts';
import { groundOfTests } from './ground-environment.ts';

const run = promisify(execFile);

/** The suite whose programs run with the libraries of this system. */
const suite = 'bookworm';

/** Mounts a new xfs of this size at `folder` (made when it is missing); the file below it is sparse. It is unmounted with the test. */
export async function mountXfs(t: Test, folder: string, bytes: number): Promise<void> {
  const work = await mkdtemp(join(groundOfTests().folder, 'xfs-'));
  t.teardown(() => rm(work, { recursive: true, force: true }));
  const disk = join(work, 'disk');
  await writeFile(disk, '');
  await truncate(disk, bytes);
  await makeFileSystem(join(work, 'programs'), disk);
  await mkdir(folder, { recursive: true });
  await run('mount', ['-o', 'loop', disk, folder]);
  t.teardown(() => run('umount', ['-l', folder]));
}

async function makeFileSystem(programs: string, disk: string): Promise<void> {
  const cache = join(groundOfTests().cache, 'packages');
  await extractPackages(await fetchPackages({ cache, suite, names: ['xfsprogs'], dependencies: true }), programs);
  const libraries = ['lib', 'usr/lib'].map((path) =>
    join(programs, path, `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`),
  );
  await run(join(programs, 'sbin/mkfs.xfs'), ['-q', disk], { env: { LD_LIBRARY_PATH: libraries.join(':') } });
}
