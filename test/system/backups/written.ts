import type { Test } from 'tap';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { type Stowage, sharedStowage } from '../../machinery/stowage.ts';

/** Writes two files one after the other, over and over; asked to stop, it ends when both are the same. */
export const writer = `trap 'end=1' TERM
n=0
while [ -z "$end" ]; do n=$((n + 1)); echo $n > /data/one; echo $n > /data/two; sleep 0.01; done`;
/** Tells whether the two files are the same. */
export const same = 'cmp /data/one /data/two && echo same';

/** A volume to be written to. */
export async function written(t: Test, stowage?: Stowage) {
  const docker = testDocker(t);
  const used = stowage ?? (await sharedStowage());
  const volume = docker.name('written');
  await used.created('POST', '/v1/hosts/local/volumes', { name: volume });
  return { docker, stowage: used, volume, backups: `/v1/hosts/local/volumes/${volume}/backups` };
}

/** Restores a snapshot into a new volume, and gives its name. */
export async function restored(
  stowage: Stowage,
  docker: TestDocker,
  volume: string,
  snapshot: string,
): Promise<string> {
  const into = docker.name('restored');
  const job = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/restores`, { snapshot, into });
  if (job.state !== 'succeeded') throw new Error(job.error?.detail);
  return into;
}
