import { glob } from 'node:fs/promises';

/** The test files below `root` whose path contains one of `filters`; all of them without filters. Sorted. */
export async function selectFiles(root: string, filters: readonly string[]): Promise<string[]> {
  const files = await Array.fromAsync(glob('test/**/*.test.ts', { cwd: root }));
  const wanted = files.filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
  return wanted.sort();
}

/** Whether a test file needs a Docker engine and a PostgreSQL. */
export function isSystemTest(file: string): boolean {
  return file.startsWith('test/system/');
}

/** Whether a test file needs a browser. */
export function isBrowserTest(file: string): boolean {
  return file.includes('browser');
}
