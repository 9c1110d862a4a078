import type Docker from 'dockerode';
import type { Test } from 'tap';
import type { TestDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';

/** What a container of these tests is made of. */
export interface Making extends Pick<Docker.HostConfig, 'Binds' | 'Mounts' | 'Tmpfs' | 'Memory'> {
  readonly name: string;
  readonly user?: string;
  readonly project?: string;
  /** What its shell does; it is only created without one. */
  readonly script?: string;
}

/** Makes containers of the helper image, without network, that are removed with the test. */
export function containerMaker(t: Test, docker: TestDocker) {
  return async function make({ name, user, project, script, ...host }: Making): Promise<Docker.Container> {
    const container = await docker.engine.createContainer({
      name: docker.name(name),
      Image: groundOfTests().helperImage,
      Entrypoint: ['/bin/sh', '-c'],
      Cmd: [script ?? 'true'],
      StopTimeout: 1,
      ...(user === undefined ? {} : { User: user }),
      ...(project === undefined ? {} : { Labels: { 'stowage.project': project } }),
      HostConfig: { NetworkMode: 'none', ...host },
    });
    t.teardown(() => container.remove({ force: true, v: true }));
    if (script !== undefined) await container.start();
    return container;
  };
}
