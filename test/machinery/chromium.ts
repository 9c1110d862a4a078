import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The browser that the tests drive. */
export const chromiumProgram = '/usr/bin/chromium';

/** Sees to a Chromium; on Debian as root it is installed. Throws an Error that says what to install. */
export async function ensureChromium(print: (line: string) => void): Promise<void> {
  if (existsSync(chromiumProgram)) return;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) {
    throw new Error(`The browser tests need ${chromiumProgram}; install the package "chromium".`);
  }
  print('  Chromium: installing the Debian package for the browser tests (once, about a minute)');
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 * 1024 * 1024 };
  await run('apt-get', ['-q', 'update'], options);
  await run('apt-get', ['-q', 'install', '--yes', '--no-install-recommends', 'chromium'], options);
  print('✓ Chromium');
}
