import { randomBytes } from 'node:crypto';
import Docker from 'dockerode';
import type { Test } from 'tap';
import { groundOfTests } from './ground-environment.ts';

/** Makes a volume of this name in the test engine, past Stowage. */
export async function makeVolume(name: string, labels: Record<string, string> = {}): Promise<string> {
  await testEngine().createVolume({ Name: name, Labels: labels });
  return name;
}

/** Removes it, past Stowage. */
export async function dropVolume(name: string): Promise<void> {
  await testEngine().getVolume(name).remove();
}

/** Starts a container that sleeps, made as the options say; it is removed with the test. */
export async function startApp(t: Test, options: Docker.ContainerCreateOptions): Promise<Docker.Container> {
  const app = await testEngine().createContainer({
    name: `t${randomBytes(6).toString('hex')}`,
    Image: groundOfTests().helperImage,
    Entrypoint: ['/bin/sleep'],
    Cmd: ['3600'],
    StopTimeout: 1,
    ...options,
    HostConfig: { NetworkMode: 'none', ...options.HostConfig },
  });
  t.teardown(() => dropContainer(app));
  await app.start();
  return app;
}

/** Does nothing when it is gone. */
export async function dropContainer(container: Docker.Container): Promise<void> {
  await container.remove({ force: true, v: true }).catch((error: unknown) => {
    if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 404)) throw error;
  });
}

function testEngine(): Docker {
  return new Docker({ socketPath: new URL(groundOfTests().dockerHost).pathname });
}
