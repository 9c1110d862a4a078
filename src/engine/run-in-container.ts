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
 * Prints what runs under the process $1 of the host: its session, which every command in a container is given, and what descends
 * from it. Processes that have ended and that nobody has asked about yet are left out.
 */
const family = `cat /proc/[0-9]*/stat 2>/dev/null | awk -v top="$1" '
  { pid = $1; sub(/^.*\\) /, "") }
  $1 != "Z" { parent[pid] = $2; if (pid == top || $4 == top) own[pid] = 1 }
  END {
    do { found = 0; for (pid in parent) if (!(pid in own) && parent[pid] in own) found = own[pid] = 1 } while (found)
    for (pid in own) print pid
  }'`;

/** What is made while it is killed is met by the next look. The number may belong to another process by now: the cgroup tells whose it is. */
const killFamily = `for look in 1 2 3 4 5 6 7 8 9 10; do
  left=
  for pid in $(${family}); do
    grep -q "$2" "/proc/$pid/cgroup" && kill -KILL "$pid" && left=1
  done
  [ -n "$left" ] || exit 0
done`;

/** Kills what runs in a container as this process of the host, with all that it has started. */
export async function killInContainer(engine: Engine, container: string, pid: number): Promise<void> {
  const spec = {
    command: ['sh', '-c', killFamily, 'kill', String(pid), container],
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
