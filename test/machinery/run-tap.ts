import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { summarizeTap, type Tally } from './tap-summary.ts';

const quietSeconds = 30;
const endSeconds = 10;

/** How tap ended, and what it counted. */
export interface TapRun extends Tally {
  readonly exitCode: number | null;
}

interface Options {
  readonly root: string;
  /** What the test files find in their environment beside that of this process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly print: (line: string) => void;
  /** Ends tap and the test files early. */
  readonly signal: AbortSignal;
}

/** Runs test files with tap and prints a line for each that ends, and one now and then while none does. */
export async function runTap(files: readonly string[], { root, environment, print, signal }: Options): Promise<TapRun> {
  const startedAt = performance.now();
  let printedAt = startedAt;
  const say = (line: string) => {
    printedAt = performance.now();
    print(line);
  };
  const { parser, tally } = summarizeTap(say);

  const program = join(root, 'node_modules/tap/dist/esm/run.mjs');
  const env = { ...process.env, ...environment };
  // A Ctrl-C of the terminal must reach this process alone, which then ends tap: so tap leads a group of its own.
  const tap = spawn(process.execPath, [program, 'run', '--reporter=tap', ...files], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  tap.stdout.pipe(parser);
  const finished = Promise.all([once(tap, 'close'), once(parser, 'finish')]);

  const stopTap = () => void endGroup(tap.pid);
  signal.addEventListener('abort', stopTap);
  const heartbeat = setInterval(() => {
    if (performance.now() - printedAt < quietSeconds * 1000) return;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    say(
      `… ${seconds} s: ${tally.files} of ${files.length} files done, ${tally.passed} passed, ${tally.failed} failed so far`,
    );
  }, 1000);
  try {
    const [[exitCode]] = await finished;
    return { ...tally, exitCode };
  } finally {
    clearInterval(heartbeat);
    signal.removeEventListener('abort', stopTap);
    if (tap.pid !== undefined) signalGroup(tap.pid, 'SIGKILL');
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  setTimeout(() => signalGroup(pid, 'SIGKILL'), endSeconds * 1000).unref();
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
