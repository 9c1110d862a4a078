import type Docker from 'dockerode';
import type { TestDocker } from '../../machinery/docker.ts';
import type { Stowage } from '../../machinery/stowage.ts';
import type { Scenery } from './scenery.ts';

/** The helper that takes a last snapshot for a job, as soon as it runs; paused, so that all that follows finds it at work. */
export async function pausedHelper(docker: TestDocker, job: string): Promise<Docker.Container> {
  let found: Docker.ContainerInfo | undefined;
  await docker.until(async () => {
    const helpers = await docker.helpersOf(job);
    found = helpers.find(({ State, Names }) => State === 'running' && Names[0]?.includes('before_delete') === true);
    return found !== undefined;
  }, 60);
  const helper = docker.engine.getContainer(found?.Id ?? '');
  await helper.pause();
  return helper;
}

/** Applies a plan of all that a scenery has of volumes and containers. */
export async function applyAll(stowage: Stowage, scenery: Scenery, wish: object = {}): Promise<{ id: string }> {
  const filter = { label: [scenery.label] };
  const volumes = { ...filter, all: true };
  const plan = await stowage.created('POST', '/v1/hosts/local/prune-plans', { containers: filter, volumes });
  return await stowage.accepted('POST', `/v1/prune-plans/${plan.id}/apply`, { confirm: 'local', ...wish });
}
