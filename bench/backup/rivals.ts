import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Scene, secondsIn } from './scene.ts';

const run = promisify(execFile);

/** The tutorial's backup: `docker run … alpine tar czf`. Seconds. */
export function tutorialBackup(scene: Scene, volume: string, archive: string): Promise<number> {
  return secondsIn(scene, volume, `busybox tar czf /backup/${archive} -C /data .`);
}

/** The tutorial's restore: `rm -rf` of what is there, and `tar xzf`. Seconds. */
export function tutorialRestore(scene: Scene, volume: string, archive: string): Promise<number> {
  return secondsIn(scene, volume, `busybox rm -rf /data/*; busybox tar xzf /backup/${archive} -C /data`);
}

/** GNU tar with zstd on all processors. Seconds. */
export function zstdBackup(scene: Scene, volume: string, archive: string): Promise<number> {
  return secondsIn(
    scene,
    volume,
    `/usr/bin/tar --create --directory /data . | zstd -q -3 -T0 -f -o /backup/${archive}`,
  );
}

/** Plain restic with its defaults on the path of the host. */
export interface PlainRestic {
  /** Folder of its repository. */
  readonly repository: string;
  /** Seconds. */
  backUp(path: string): Promise<number>;
  /** Restores the newest snapshot to where it was. Seconds. */
  restore(path: string): Promise<number>;
}

/** A repository of plain restic that is ready, with a cache of its own. */
export async function plainRestic({ restic, folder }: Scene, name: string): Promise<PlainRestic> {
  const [repository, cache] = [join(folder, name), join(folder, `${name}-cache`)];
  const environment = {
    ...process.env,
    RESTIC_PASSWORD: 'bench',
    RESTIC_REPOSITORY: repository,
    RESTIC_CACHE_DIR: cache,
  };
  const call = async (...words: string[]) => {
    const startedAt = performance.now();
    await run(restic, ['--quiet', ...words], { env: environment });
    return (performance.now() - startedAt) / 1000;
  };
  await mkdir(repository);
  await call('init');
  return {
    repository,
    backUp: (path) => call('backup', path),
    restore: (path) => call('restore', 'latest', '--include', path, '--target', '/'),
  };
}
