import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import type { Test } from 'tap';
import { groundOfTests } from './ground-environment.ts';
import { runScript } from './run-script.ts';

const jobLabel = 'stowage.job';
const pollMilliseconds = 50;

/** A container of a test. */
export interface ContainerWish {
  /** Mounted at `/data`. */
  readonly volume: string;
  /** What its shell does, as process 1. */
  readonly script: string;
  /** Seconds between being asked to stop and being killed. */
  readonly stopTimeout?: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** Instead of root. */
  readonly user?: string;
  /** Script that tells by its exit code whether it is healthy; asked each half second. */
  readonly healthcheck?: string;
  /** What differs from the volume at `/data` and no network; its `Mounts` replace that volume's. */
  readonly hostConfig?: Docker.HostConfig;
}

/** What a test does to the engine as its user would. What was made through it, or named by it, is removed with the test. */
export interface TestDocker {
  /** The engine itself, for what is not here. */
  readonly engine: Docker;
  /** A name that no other test uses; a volume of this name is removed with the test. */
  name(what: string): string;
  /** A volume of any other name is removed with the test as well. */
  willRemoveVolume(name: string): void;
  /** Does nothing when there is no such volume. */
  removeVolume(name: string): Promise<void>;
  volumeExists(name: string): Promise<boolean>;
  /**
   * Runs a shell script in a container of the helper image, without network, with the volume at `/data`; gives what it
   * wrote to the standard output. Throws with all that it wrote unless its exit code is 0.
   */
  run(volume: string, script: string): Promise<string>;
  /** Starts a container of the helper image, without network. */
  container(wish: ContainerWish): Promise<Docker.Container>;
  /** Helper containers of a job, in any state. */
  helpersOf(jobId: string): Promise<Docker.ContainerInfo[]>;
  /** Waits for the helper of a job's step to run. */
  startedHelper(jobId: string, step: string): Promise<Docker.Container>;
  /** Pauses the helper of a step of a job as soon as it runs: whatever comes next finds it in the middle of its work. */
  pauseHelper(jobId: string, step: string): Promise<Docker.Container>;
  /** Asks until it is true. Throws after `seconds`. */
  until(question: () => Promise<boolean>, seconds: number): Promise<void>;
}

/** The test engine, or another one that has the helper image. */
export function testDocker(t: Test, { endpoint }: { readonly endpoint?: string } = {}): TestDocker {
  const { dockerHost: newest, helperImage } = groundOfTests();
  const dockerHost = endpoint ?? newest;
  const engine = new Docker({ socketPath: new URL(dockerHost).pathname });
  const prefix = `t${randomBytes(4).toString('hex')}`;
  const containers: Docker.Container[] = [];
  const volumes = new Set<string>();

  async function removeVolume(name: string): Promise<void> {
    // A control plane that a test killed leaves its helpers.
    const users = await engine.listContainers({ all: true, filters: { volume: [name] } });
    for (const { Id } of users) await removeContainer(engine.getContainer(Id));
    await engine.getVolume(name).remove().catch(unlessMissing);
  }

  t.teardown(async () => {
    for (const container of containers) await removeContainer(container);
    for (const name of volumes) await removeVolume(name);
  });

  async function container({
    volume,
    script,
    stopTimeout,
    labels,
    user,
    healthcheck,
    hostConfig,
  }: ContainerWish): Promise<Docker.Container> {
    const made = await engine.createContainer({
      name: `${prefix}-container${containers.length}`,
      Image: helperImage,
      Entrypoint: ['/bin/sh', '-c'],
      Cmd: [script],
      ...(stopTimeout === undefined ? {} : { StopTimeout: stopTimeout }),
      ...(labels === undefined ? {} : { Labels: { ...labels } }),
      ...(user === undefined ? {} : { User: user }),
      ...(healthcheck === undefined
        ? {}
        : { Healthcheck: { Test: ['CMD-SHELL', healthcheck], Interval: 500_000_000 } }),
      HostConfig: {
        NetworkMode: 'none',
        Mounts: [{ Type: 'volume', Source: volume, Target: '/data' }],
        ...hostConfig,
      },
    });
    containers.push(made);
    await made.start();
    return made;
  }

  async function startedHelper(jobId: string, step: string): Promise<Docker.Container> {
    const filters = { label: [`${jobLabel}=${jobId}`, `stowage.step=${step}`], status: ['running'] };
    let found: Docker.ContainerInfo | undefined;
    await until(async () => {
      [found] = await engine.listContainers({ filters });
      return found !== undefined;
    }, 60);
    return engine.getContainer(found?.Id ?? '');
  }

  return {
    engine,
    container,
    removeVolume,
    until,
    name(what) {
      volumes.add(`${prefix}-${what}`);
      return `${prefix}-${what}`;
    },
    willRemoveVolume: (name) => void volumes.add(name),
    volumeExists: async (name) => (await engine.getVolume(name).inspect().catch(unlessMissing)) !== undefined,
    run: (volume, script) => runScript(engine, helperImage, volume, script),
    startedHelper,
    async pauseHelper(jobId, step) {
      const helper = await startedHelper(jobId, step);
      await until(() => isAtWork(helper), 60);
      await helper.pause();
      return helper;
    },
    helpersOf: (jobId) => engine.listContainers({ all: true, filters: { label: [`${jobLabel}=${jobId}`] } }),
  };
}

/**
 * Whether a helper has its secrets and has begun its command. While one is paused before that, the engine does not end the
 * hand-over of the secrets, and the job waits for that for a minute, whatever else becomes of it.
 */
async function isAtWork(helper: Docker.Container): Promise<boolean> {
  const { Processes } = await helper.top({ ps_args: '-o pid,args' });
  return Processes.every((columns: string[]) => !columns.some((text) => text.includes('/stowage-helper')));
}

async function until(question: () => Promise<boolean>, seconds: number): Promise<void> {
  const giveUpAt = Date.now() + seconds * 1000;
  while (!(await question())) {
    if (Date.now() > giveUpAt) throw new Error(`It was not so within ${seconds} s: ${question}`);
    await sleep(pollMilliseconds);
  }
}

async function removeContainer(container: Docker.Container): Promise<void> {
  await container.remove({ force: true, v: true }).catch(unlessMissing);
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 404)) throw error;
}
