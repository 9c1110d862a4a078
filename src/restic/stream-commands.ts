import { backupFlags, quickly } from './commands.ts';
import { shellWord } from './shell-word.ts';

/** What somebody writes into a pipe, and where in the snapshot it stands. */
interface Piped {
  readonly path: string;
  readonly host: string;
  readonly tags: readonly string[];
  readonly pipe: string;
}

/**
 * Backs up what somebody writes into the pipe `pipe`, as a file. `receive` reads the pipe and fails unless all has arrived:
 * restic makes no snapshot then.
 */
export function streamCommand({ path, host, tags, pipe }: Piped, receive: readonly string[]): string[] {
  const flags = backupFlags(host, tags);
  const script = `${quickly}; mkfifo ${pipe} && exec restic backup "$@"`;
  const reading = ['sh', '-c', `exec "$@" < ${pipe}`, 'receive', ...receive];
  return ['sh', '-c', script, 'backup', ...flags, '--stdin-filename', path, '--stdin-from-command', '--', ...reading];
}

/**
 * As {@link streamCommand}, of a tar that is unpacked into the folder `path`. busybox' shell fails with any part of a pipe, and
 * prefers its own tar.
 */
export function unpackCommand({ path, host, tags, pipe }: Piped, receive: readonly string[]): string[] {
  const unpack = `/usr/bin/tar --extract --no-same-owner --directory ${shellWord(path)}`;
  const script = `${quickly}; mkfifo ${pipe} && mkdir -p ${shellWord(path)} && ${receive.map(shellWord).join(' ')} < ${pipe} | ${unpack} && exec restic backup "$@"`;
  return ['busybox', 'ash', '-o', 'pipefail', '-c', script, 'unpack', ...backupFlags(host, tags), '--', path];
}

/** Writes a folder of a snapshot to the standard output, as a tar. */
export function dumpFolderCommand(snapshot: string, folder: string): string[] {
  const flags = ['--archive', 'tar', '--quiet', '--no-cache', '--no-lock'];
  return ['restic', 'dump', ...flags, '--', `${snapshot}:${folder}`, '/'];
}
