import type { Engine } from './engine.ts';
import type { ExecOutcome, ExecWish } from './engine-objects.ts';
import { runRequestHelper } from './request-helper.ts';

const killSeconds = 60;

/**
 * Runs a command in a running container. One that does not end in time is killed: Docker itself has no way to, so a helper
 * does it that sees the processes of the host. Throws as {@link Engine.execInContainer}.
 */
export async function runInContainer(engine: Engine, id: string, wish: ExecWish): Promise<ExecOutcome> {
  const outcome = await engine.execInContainer(id, wish);
  if (outcome.pid !== null) await killInContainer(engine, id, outcome.pid);
  return outcome;
}

/**
 * Kills what runs in a container as this process of the host. The number may have been given to another process by now: the
 * cgroup tells whose it is.
 */
export async function killInContainer(engine: Engine, container: string, pid: number): Promise<void> {
  const script = 'grep -q "$2" "/proc/$1/cgroup" && kill -KILL "$1"';
  const spec = {
    command: ['sh', '-c', script, 'kill', String(pid), container],
    environment: {},
    mounts: [],
    capabilities: ['KILL'],
    network: null,
    secrets: false,
    hostProcesses: true,
    hostFiles: true,
  };
  await runRequestHelper(engine, { step: 'kill', spec, secrets: null, seconds: killSeconds }, () => undefined);
}
