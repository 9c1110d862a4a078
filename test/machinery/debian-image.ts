import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { extractPackages, fetchPackages } from '../../src/engine/debian-packages.ts';
import { groundOfTests } from './ground-environment.ts';

const run = promisify(execFile);
const suite = 'sid';
const mergedFolders = ['bin', 'sbin', 'lib', 'lib64'];
const needless = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/info', 'usr/lib/systemd'];
const shellPrograms = ['sh', 'mkdir', 'chown', 'chmod', 'cat', 'ls', 'env', 'rm', 'sleep'];

/** An image as a registry would have it, made out of Debian's packages instead. */
export interface ImageWish {
  readonly name: string;
  readonly packages: readonly string[];
  /** Shell script that the image starts with; its arguments are the command. */
  readonly entrypoint: string;
  /** Further executable scripts, by path. */
  readonly scripts?: Readonly<Record<string, string>>;
  readonly passwd?: string;
}

/** Makes an image on the engine without a registry. */
export async function makeImage(
  engine: Docker,
  { name, packages, entrypoint, scripts = {}, passwd = '' }: ImageWish,
): Promise<void> {
  const { folder, cache } = groundOfTests();
  const root = await mkdtemp(join(folder, 'image-'));
  try {
    for (const merged of mergedFolders) {
      await mkdir(join(root, 'usr', merged), { recursive: true });
      await symlink(`usr/${merged}`, join(root, merged));
    }
    const names = [...packages, 'busybox-static'];
    await extractPackages(
      await fetchPackages({ cache: join(cache, 'packages'), suite, names, dependencies: true }),
      root,
    );
    for (const path of needless) await rm(join(root, path), { recursive: true, force: true });
    for (const program of shellPrograms) await symlink('busybox', join(root, 'usr/bin', program)).catch(unlessExists);
    await writeFile(join(root, 'etc/passwd'), `root:x:0:0::/root:/bin/sh\n${passwd}`);
    for (const [path, script] of Object.entries({ '/entrypoint': entrypoint, ...scripts }))
      await writeScript(join(root, path), script);
    await rm(join(root, 'var/run'), { recursive: true, force: true });
    await mkdir(join(root, 'var'), { recursive: true });
    await symlink('../run', join(root, 'var/run'));
    for (const path of ['tmp', 'run', 'proc', 'sys', 'dev']) await mkdir(join(root, path), { recursive: true });
    const archive = `${root}.tar`;
    await run('tar', ['-C', root, '-cf', archive, '.'], { maxBuffer: 2 ** 24 });
    const [repository = name, tag = 'latest'] = name.split(':');
    const stream = await engine.importImage(archive, {
      repo: repository,
      tag,
      changes: 'ENTRYPOINT ["/entrypoint"]',
    } as object);
    await new Promise((resolve, reject) =>
      engine.modem.followProgress(stream, (error) => (error ? reject(error) : resolve(null))),
    );
    await rm(archive);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function writeScript(file: string, script: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}`);
  await chmod(file, 0o755);
}

function unlessExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
