import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { type Stowage, type StowageOptions, startStowage } from '../../machinery/stowage.ts';

export const rotations = '/v1/repositories/default/password-rotations';

/** A repository with a snapshot, the default one of a Stowage of its own. */
export async function withSnapshot(t: Test, options: StowageOptions = {}) {
  const docker = testDocker(t);
  const stowage = await startStowage(t, options);
  const volume = docker.name('data');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, 'echo one > /data/file');
  await backedUp(stowage, volume);
  return { docker, stowage, volume };
}

/** Throws unless a backup ends well: the password that is stored opens the repository. */
export async function backedUp(stowage: Stowage, volume: string): Promise<void> {
  const job = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {}, 60);
  if (job.state !== 'succeeded') throw new Error(`${job.error?.code}: ${job.error?.detail}`);
}

export async function passwordOf(stowage: Stowage, repository = 'default'): Promise<string> {
  return (await stowage.post(`/v1/repositories/${repository}/password`, {})).password;
}

/** How many passwords open the default repository. */
export async function keysOf({ state }: Pick<Stowage, 'state'>): Promise<number> {
  return (await readdir(join(state, 'repository', 'keys'))).length;
}

/** Whether a password opens a repository; its stored one stays. */
export async function opens(stowage: Stowage, password: string, repository = 'default'): Promise<boolean> {
  const stored = await passwordOf(stowage, repository);
  await stowage.call('PATCH', `/v1/repositories/${repository}`, { password });
  const { state, error } = await stowage.finished('POST', `/v1/repositories/${repository}/tests`, {}, 60);
  await stowage.call('PATCH', `/v1/repositories/${repository}`, { password: stored });
  if (state === 'failed' && error.code !== 'repository_password_wrong')
    throw new Error(`${error.code}: ${error.detail}`);
  return state === 'succeeded';
}

/** Everything of the helpers of a job, and of the processes in it, that Docker shows. */
export async function shownOf({ engine, helpersOf }: TestDocker, job: string): Promise<string> {
  const helpers = await helpersOf(job);
  const shown = helpers.map(async ({ Id }) => {
    const helper = engine.getContainer(Id);
    const logs = (await helper.logs({ stdout: true, stderr: true })).toString();
    const processes = await helper.top({ ps_args: '-o pid,args' }).catch(() => null);
    return JSON.stringify([await helper.inspect(), processes]) + logs;
  });
  return (await Promise.all(shown)).join('\n');
}
