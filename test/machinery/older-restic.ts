import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import { extractPackages, fetchPackages } from '../../src/engine/debian-packages.ts';
import { groundOfTests } from './ground-environment.ts';

const run = promisify(execFile);

/** The helper image with the restic of a Debian suite in place of the newest, as an archive; removed with the test. */
export async function helperWithResticOf(t: Test, suite: string): Promise<string> {
  const { folder, cache, helperDirectory, helperImage } = groundOfTests();
  const [, hash = ''] = helperImage.split(':');
  const built = (await readdir(helperDirectory)).find((name) => name.includes(hash) && name.endsWith('.tar'));
  if (built === undefined) throw new Error(`${helperDirectory} has no archive of ${helperImage}.`);
  const scratch = await mkdtemp(join(folder, 'restic-'));
  t.teardown(() => rm(scratch, { recursive: true, force: true }));
  const names = ['restic'];
  const packages = await fetchPackages({ cache: join(cache, 'packages'), suite, names, dependencies: false });
  await extractPackages(packages, join(scratch, 'root'));
  const archive = join(scratch, 'helper.tar');
  await copyFile(join(helperDirectory, built), archive);
  await run('tar', ['--delete', '--file', archive, './usr/bin/restic']);
  const owner = ['--owner=0', '--group=0', '--numeric-owner'];
  await run('tar', ['--append', '--file', archive, '--directory', join(scratch, 'root'), ...owner, './usr/bin/restic']);
  return archive;
}
