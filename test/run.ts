import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './machinery/chromium.ts';
import type { Ground } from './machinery/ground.ts';
import { runTap, type TapRun } from './machinery/run-tap.ts';
import { isBrowserTest, isSystemTest, selectFiles } from './machinery/select-files.ts';

// What `npm test` runs: every test file, or those whose path contains one of the arguments.
const root = fileURLToPath(new URL('../', import.meta.url));
const print = (line: string) => console.log(line);
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupted.abort(new Error(`Interrupted by ${signal}.`)));
}
// Whatever happens, what was started is ended first.
process.on('uncaughtException', (error) => interrupted.abort(error));

const run = await testAll(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  return null;
});
const trouble = troubleOf(run);
if (trouble !== null) console.error(`\n${trouble}`);
process.exitCode = trouble === null ? 0 : 1;
console.log(lastLine(run, trouble === null ? 0 : 1));

async function testAll(filters: readonly string[]): Promise<TapRun> {
  const files = await selectFiles(root, filters);
  if (files.length === 0) throw new Error(`No test file matches ${filters.join(', ') || 'test/**/*.test.ts'}.`);
  print(`${files.length} test files`);
  if (files.some(isBrowserTest)) await ensureChromium(print);
  const ground = files.some(isSystemTest) ? await startGround() : null;
  try {
    interrupted.signal.throwIfAborted();
    const environment = ground?.environment ?? {};
    return await runTap(files, { root, environment, print, signal: interrupted.signal });
  } finally {
    await ground?.stop();
  }
}

// Loaded only when it is needed, so that unit tests start at once.
async function startGround(): Promise<Ground> {
  const ground = await import('./machinery/ground.ts');
  return await ground.startGround({ cache: join(root, '.stowage/cache'), print });
}

/** Why the run does not count as good beside failed tests; null when it is good. */
function troubleOf(run: TapRun | null): string | null {
  if (run === null) return 'The tests could not be run.';
  if (interrupted.signal.aborted) return String(interrupted.signal.reason);
  if (run.bailout !== null) return `The tests were given up: ${run.bailout}`;
  if (run.failed > 0) return 'There are failed tests.';
  if (run.passed === 0) return 'No test was run.';
  return run.exitCode === 0 ? null : `tap ended with exit code ${run.exitCode}.`;
}

/** The very last line of the output; at least `atLeast` failures are reported. */
function lastLine(run: TapRun | null, atLeast: number): string {
  const { passed, failed, skipped } = run ?? { passed: 0, failed: 0, skipped: 0 };
  return `${passed} passed, ${Math.max(failed, atLeast)} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
