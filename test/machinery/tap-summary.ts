import { Parser, type Result } from 'tap-parser';
import { stringify } from 'yaml';

/** What a run of test files came to; `passed` and `failed` count single assertions. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Files that have ended. */
  readonly files: number;
  /** Why the whole run was given up; null when it was not. */
  readonly bailout: string | null;
}

/**
 * Reads the TAP of a run as it comes: prints a line for each file and the whole of each failure. What a file's end adds
 * (a timeout, a crash, a missing plan) counts as one failure when nothing in it failed by itself.
 */
export function summarizeTap(print: (line: string) => void) {
  const tally = { passed: 0, failed: 0, skipped: 0, files: 0, bailout: null as string | null };
  const parser = new Parser();
  count(parser, []);

  function count(level: Parser, path: readonly string[]): void {
    const failedBefore = new Map<string, number>();
    level.on('child', (child: Parser) => {
      failedBefore.set(child.name, tally.failed);
      count(child, [...path, child.name]);
    });
    level.on('assert', (result: Result) => {
      const own = !result.closingTestPoint || (!result.ok && tally.failed === failedBefore.get(result.name));
      if (own) countPoint(result, path);
      if (path.length === 0) fileEnded(result, tally.failed - (failedBefore.get(result.name) ?? tally.failed));
    });
    level.on('bailout', (reason: string) => {
      tally.bailout = reason || 'without a reason';
    });
  }

  function countPoint(result: Result, path: readonly string[]): void {
    if (result.skip !== false || result.todo !== false) tally.skipped += 1;
    else if (result.ok) tally.passed += 1;
    else {
      tally.failed += 1;
      print(describeFailure(result, path));
    }
  }

  function fileEnded({ name, ok, time }: Result, failures: number): void {
    tally.files += 1;
    const seconds = time === null ? '' : ` (${(time / 1000).toFixed(1)} s)`;
    print(ok ? `✓ ${name}${seconds}` : `✗ ${name}${seconds}: ${failures} failed`);
  }

  return { parser, tally: tally as Tally };
}

function describeFailure({ name, diag }: Result, path: readonly string[]): string {
  const details = diag === null ? '' : stringify(diag, { lineWidth: 0 });
  return `\n✗ ${[...path, name].join(' › ')}\n${details.replaceAll(/^(?=.)/gm, '    ')}`;
}
