import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fail } from '../errors.ts';

const run = promisify(execFile);
const largestOutputBytes = 16 * 1024 * 1024;

export interface SystemToolOptions {
  /** One sentence: what a person can do when the program fails. */
  readonly remedy: string;
  readonly workingFolder?: string;
}

/** Runs a program of the system to its end and gives its standard output. Throws `engine_setup_unavailable` with the program's last words and the remedy. */
export async function runSystemTool(
  program: string,
  args: readonly string[],
  { remedy, workingFolder }: SystemToolOptions,
): Promise<string> {
  try {
    const { stdout } = await run(program, args, {
      maxBuffer: largestOutputBytes,
      ...(workingFolder === undefined ? {} : { cwd: workingFolder }),
    });
    return stdout;
  } catch (cause) {
    throw fail('engine_setup_unavailable', { detail: `${program} ${complaint(cause)} ${remedy}`, cause });
  }
}

function complaint(error: unknown): string {
  if (!(error instanceof Error)) return `failed: ${String(error)}.`;
  if ('code' in error && error.code === 'ENOENT') return 'is not installed.';
  const said = 'stderr' in error ? String(error.stderr).trim() : '';
  return `failed: ${said.slice(-400) || error.message}.`;
}
