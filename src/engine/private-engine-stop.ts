import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../errors.ts';
import type { EnginePlaces } from './private-engine-places.ts';
import { findAttendants, findDaemon, isRunning } from './private-engine-processes.ts';
import { runSystemTool } from './system-tool.ts';

const daemonSeconds = 60;
/** Containers have had their time to end when the engine stopped them; those of an engine that was killed get little. */
const attendantSeconds = 2;
const killSeconds = 10;
const pollMs = 50;

/** Ends the engine in good order, then what it left behind. Throws `engine_error` when something does not end. */
export async function stopDaemon(places: EnginePlaces): Promise<void> {
  const pid = await findDaemon(places);
  if (pid !== null) await endProcesses([pid], 'SIGTERM', daemonSeconds);
  await removeRemains(places);
}

/** Removes what an engine left that is gone: its containerd, shims and processes of containers, mounts, sockets. */
export async function removeRemains(places: EnginePlaces): Promise<void> {
  // Those that ignore the first signal may not be found any more once their parent has followed it.
  const attendants = await findAttendants(places);
  await endProcesses(attendants, 'SIGTERM', attendantSeconds);
  await endProcesses([...attendants, ...(await findAttendants(places))], 'SIGKILL', killSeconds);
  const left = [await findDaemon(places), ...(await findAttendants(places))].filter((pid) => pid !== null);
  if (left.length > 0)
    throw fail(
      'engine_error',
      `Processes of the private Docker engine do not end: ${left.join(', ')}; end them by hand.`,
    );
  await unmountAll(places);
  await rm(places.pidFile, { force: true });
  await rm(places.runFolder, { recursive: true, force: true });
}

/** Signals the processes and waits until they are gone, or the time is over. */
async function endProcesses(pids: readonly number[], signal: NodeJS.Signals, seconds: number): Promise<void> {
  for (const pid of pids) if (await isRunning(pid)) signalIfAlive(pid, signal);
  const giveUpAt = Date.now() + seconds * 1000;
  while (Date.now() < giveUpAt && (await Promise.all(pids.map(isRunning))).includes(true)) await sleep(pollMs);
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function unmountAll({ runFolder, data }: EnginePlaces): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => decodeMountPath(line.split(' ')[1] ?? ''));
  const ours = mounts.filter(
    (path) => path === data || path.startsWith(`${data}/`) || path.startsWith(`${runFolder}/`),
  );
  // What was mounted later may lie on what was mounted before.
  for (const path of ours.reverse()) await runSystemTool('umount', ['-l', path], { remedy: 'Unmount it by hand.' });
}

/** Spaces and the like stand there as octal numbers. */
function decodeMountPath(path: string): string {
  return path.replace(/\\(\d{3})/g, (_escaped, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
