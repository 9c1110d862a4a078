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

const makers = {
  xfs: { names: ['xfsprogs'], program: 'sbin/mkfs.xfs' },
  btrfs: { names: ['btrfs-progs'], program: 'sbin/mkfs.btrfs' },
} as const;

/** Mounts a new file system of this size at `folder` (made when it is missing); the file below it is sparse. It is unmounted with the test. */
export async function mountDisk(t: Test, type: keyof typeof makers, folder: string, bytes: number): Promise<void> {
  const work = await mkdtemp(join(groundOfTests().folder, `${type}-`));
  t.teardown(() => rm(work, { recursive: true, force: true }));
  const disk = join(work, 'disk');
  await writeFile(disk, '');
  await truncate(disk, bytes);
  await makeFileSystem(type, join(work, 'programs'), disk);
  await mkdir(folder, { recursive: true });
  await run('mount', ['-o', 'loop', disk, folder]);
  t.teardown(() => run('umount', ['-l', folder]));
}

async function makeFileSystem(type: keyof typeof makers, programs: string, disk: string): Promise<void> {
  const cache = join(groundOfTests().cache, 'packages');
  const { names, program } = makers[type];
  await extractPackages(await fetchPackages({ cache, suite, names, dependencies: true }), programs);
  const libraries = ['lib', 'usr/lib'].map((path) =>
    join(programs, path, `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`),
  );
  await run(join(programs, program), ['-q', disk], { env: { LD_LIBRARY_PATH: libraries.join(':') } });
}
