/** Command lines of restic, as run in a helper. The repository and its password come through the environment. */

/** Capabilities with which every file can be read, whatever its owner. */
export const readCapabilities = ['DAC_READ_SEARCH'] as const;
/** Capabilities with which owner, mode, links, devices and attributes can be written back. */
export const writeCapabilities = ['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'SETFCAP', 'MKNOD'] as const;

/** Path of a volume inside of every snapshot: stable, so that restic finds the snapshot before. */
export function volumePath(host: string, volume: string): string {
  return `/volumes/${host}/${volume}`;
}

/** Makes a new repository. */
export function initCommand(): string[] {
  return ['restic', 'init', '--json', '--no-cache'];
}

/** Backs up one folder; `tags` are kept with the snapshot. */
export function backupCommand(path: string, host: string, tags: readonly string[]): string[] {
  return ['restic', 'backup', '--json', '--no-cache', '--host', host, ...tags.flatMap((tag) => ['--tag', tag]), '--', path];
}

/**
 * Restores the folder `path` of a snapshot to the same path. With `--include` (not `snapshot:path`) the folder's own
 * owner, mode and time come back too. `always` compares contents, not only size and time.
 */
export function restoreCommand(snapshot: string, path: string): string[] {
  return ['restic', 'restore', '--json', '--no-cache', '--no-lock', '--sparse', '--overwrite', 'always', '--delete', '--include', path, '--target', '/', snapshot];
}

/** Lists one folder of a snapshot. */
export function listCommand(snapshot: string, path: string): string[] {
  return ['restic', 'ls', '--json', '--no-cache', '--no-lock', snapshot, path];
}

/** Writes one file of a snapshot to the standard output. */
export function dumpCommand(snapshot: string, path: string): string[] {
  return ['restic', 'dump', '--quiet', '--no-cache', '--no-lock', snapshot, path];
}

/** Removes every lock; only for who knows that no restic works on the repository. */
export function unlockCommand(): string[] {
  return ['restic', 'unlock', '--remove-all', '--no-cache'];
}
