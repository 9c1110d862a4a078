/** Command lines of restic, as run in a helper. The repository and its password come through the environment. */

/** Capabilities with which every file can be read, whatever its owner. */
export const readCapabilities = ['DAC_READ_SEARCH'] as const;
/** Capabilities with which owner, mode, links, devices and attributes can be written back. */
export const writeCapabilities = [
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'SETFCAP',
  'MKNOD',
] as const;

/** Path of a volume inside of every snapshot: stable, so that restic finds the snapshot before. */
export function volumePath(host: string, volume: string): string {
  return `/volumes/${host}/${volume}`;
}

const noRepositoryExit = 10;

/** Makes a new repository, unless there is one that the password opens. */
export function initCommand(): string[] {
  const look = 'restic cat config --quiet --no-cache --no-lock > /dev/null';
  return [
    'sh',
    '-c',
    `${look}; code=$?; [ $code = ${noRepositoryExit} ] || exit $code; exec restic init --json --no-cache`,
  ];
}

/** Backs up one folder; `tags` are kept with the snapshot. */
export function backupCommand(path: string, host: string, tags: readonly string[]): string[] {
  return [
    'restic',
    'backup',
    '--json',
    '--no-cache',
    '--host',
    host,
    ...tags.flatMap((tag) => ['--tag', tag]),
    '--',
    path,
  ];
}

/**
 * Restores the folder `path` of a snapshot to the same path, then asks restic what is still missing: the second summary
 * says nothing but zeros when all came back. With `--include` (not `snapshot:path`) the folder's own owner, mode and
 * time come back too. `always` compares contents, not only size and time.
 */
export function restoreCommand(snapshot: string, path: string): string[] {
  const common = ['--json', '--no-cache', '--no-lock', '--delete', '--include', path, '--target', '/', snapshot];
  const restore = 'restic restore --sparse --overwrite always "$@"';
  const verify = 'restic restore --dry-run --overwrite if-changed "$@"';
  return ['sh', '-c', `${restore} && exec ${verify}`, 'restore', ...common];
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
