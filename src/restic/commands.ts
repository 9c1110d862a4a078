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

/** The config of the repository as one line, which tells its id. */
export const showConfig = `printf '%s' "$config" | tr -d '\\n'; echo`;

/**
 * A bucket that is not there looks like an empty one to restic when it is told a region, and it would make the bucket.
 * Without a region it asks for that first, and complains. Buckets are made by who pays for them.
 */
const askForBucket =
  '[ -z "$AWS_DEFAULT_REGION" ] || env -u AWS_DEFAULT_REGION restic cat config --quiet --no-cache --no-lock > /dev/null';

/**
 * Makes a new repository, unless there is one that the password opens, and prints its config. With `asSource` it cuts
 * files as the repository does that is copied from.
 */
export function initCommand(asSource: boolean): string[] {
  const look = 'config=$(restic cat config --quiet --no-cache --no-lock)';
  const make = `restic init --no-cache${asSource ? ' --copy-chunker-params' : ''} > /dev/null`;
  return [
    'sh',
    '-c',
    `${look}; code=$?
if [ $code = ${noRepositoryExit} ]; then ${askForBucket}; ${make} && ${look}; code=$?; fi
[ $code = 0 ] || exit $code
${showConfig}`,
  ];
}

/** In the words of newer ones: an old restic knows no JSON of it. */
const tellVersion = `restic version | sed -n 's/^restic \\([^ ]*\\).*/{"message_type":"version","version":"\\1"}/p'`;

/** Tells restic's version. */
export function versionCommand(): string[] {
  return ['sh', '-c', tellVersion];
}

/** Tells restic's version, then opens the repository and prints its config; with a lock, which is written and removed again, unless `reads`. */
export function testCommand(reads: boolean): string[] {
  const open = `restic cat config --quiet --no-cache${reads ? ' --no-lock' : ''}`;
  return [
    'sh',
    '-c',
    `${tellVersion}
config=$(${open}); code=$?
if [ $code = ${noRepositoryExit} ]; then ${askForBucket}; fi
[ $code = 0 ] || exit $code
${showConfig}`,
  ];
}

/** What the repository holds, and where it is one of a host (`mountedAt`) the room around it. */
export function statisticsCommand(mountedAt: string | null): string[] {
  const stats = 'restic stats --mode raw-data --json --no-cache --no-lock';
  if (mountedAt === null) return ['sh', '-c', `exec ${stats}`];
  return ['sh', '-c', `stat -f -c '{"block_bytes":%S,"blocks":%b,"available":%a}' ${mountedAt}; exec ${stats}`];
}

/**
 * What a backup is run with: less processor time for a little more memory and room (docs/decisions/0026). restic 0.18 does
 * not know `fastest`, and would refuse to work.
 */
export const quickly = `export GOGC=400; case $(restic version) in 'restic 0.18'*) ;; *) export RESTIC_COMPRESSION=fastest ;; esac`;

/** Backs up one folder; `tags` are kept with the snapshot. */
export function backupCommand(path: string, host: string, tags: readonly string[]): string[] {
  return ['sh', '-c', `${quickly}; exec restic backup "$@"`, 'backup', ...backupFlags(host, tags), '--', path];
}

/** What each backup is told. */
export function backupFlags(host: string, tags: readonly string[]): string[] {
  return ['--json', '--no-cache', '--host', host, ...tags.flatMap((tag) => ['--tag', tag])];
}

/** Keeps nothing but tags: a snapshot of an empty file. */
export function noteCommand(host: string, tags: readonly string[]): string[] {
  const flags = backupFlags(host, tags);
  return ['sh', '-c', 'restic backup --stdin --stdin-filename note "$@" < /dev/null', 'note', ...flags];
}

/** How a folder of a snapshot is written into a volume. */
export interface RestorePlan {
  /** Where the helper mounts the volume. */
  readonly mountedAt: string;
  readonly command: string[];
}

const foreignAt = '/volumes/restored';

/** What a snapshot holds; null where that is not known. */
interface Held {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Restores the folder `path` of a snapshot, then counts what is there. Unless that is what the snapshot `held`, restic is
 * asked what is still missing: either way the second summary tells nothing when all came back (docs/decisions/0004). The
 * volume is mounted where restic writes the folder itself, with `--include` (not `snapshot:path`): then the folder's own
 * owner, mode and time come back too. `always` compares contents, not only size and time.
 */
export function restorePlan(snapshot: string, path: string, held: Held | null): RestorePlan {
  if (path.startsWith('/volumes/'))
    return planOf({ mountedAt: path, source: snapshot, include: path, target: '/' }, held);
  if (path === '/') return planOf({ mountedAt: foreignAt, source: snapshot, include: null, target: foreignAt }, held);
  // A foreign path may be one that the helper itself lives in, so its folder is written elsewhere.
  const cut = path.lastIndexOf('/');
  const [parent, own] = [path.slice(0, cut), path.slice(cut)];
  const source = parent === '' ? snapshot : `${snapshot}:${parent}`;
  return planOf({ mountedAt: `${foreignAt}${own}`, source, include: own, target: foreignAt }, held);
}

interface Writing {
  readonly mountedAt: string;
  readonly source: string;
  readonly include: string | null;
  readonly target: string;
}

const restoreScript = `held=$1 at=$2; shift 2
restic restore --sparse --overwrite always "$@" || exit
found=$(/usr/bin/find "$at" -type f -printf '%s\\n' | awk '{ files++; bytes += $1 } END { printf "%d files, %.0f bytes", files, bytes }')
if [ "$found" = "$held" ]; then echo '{"message_type":"summary","total_files":0}'; exit; fi
exec restic restore --dry-run --overwrite if-changed "$@"`;

function planOf({ mountedAt, source, include, target }: Writing, held: Held | null): RestorePlan {
  const only = include === null ? [] : ['--include', include.replace(/[*?[\]\\]/g, '\\$&')];
  const common = ['--json', '--no-cache', '--no-lock', '--delete', ...only, '--target', target, '--', source];
  const counted = held === null ? 'not known' : `${held.files} files, ${held.bytes} bytes`;
  return { mountedAt, command: ['sh', '-c', restoreScript, 'restore', counted, mountedAt, ...common] };
}

/** Lists one folder of a snapshot. */
export function listCommand(snapshot: string, path: string): string[] {
  return ['restic', 'ls', '--json', '--no-cache', '--no-lock', snapshot, path];
}

/** Writes one file of a snapshot to the standard output. */
export function dumpCommand(snapshot: string, path: string): string[] {
  return ['restic', 'dump', '--quiet', '--no-cache', '--no-lock', snapshot, path];
}

const snapshotList = '/tmp/snapshots';
/**
 * Prints the snapshots of the repository, each on a line of its own, and how many there are. restic prints them as one
 * line, and the engine's log breaks long ones. No string holds these words: a quote in it has a backslash before it.
 */
const printSnapshots = `sed -e 's/^\\[//' -e 's/\\]$//' -e 's/},{"time":"/}\\n{"time":"/g' ${snapshotList}.json > ${snapshotList} || exit
cat ${snapshotList}; echo
echo "{\\"listed_snapshots\\":$(grep -c '^{"time"' ${snapshotList})}"`;

/** Prints the config and the snapshots of a repository; changes nothing in it. */
export function snapshotsCommand(): string[] {
  const config = 'config=$(restic cat config --quiet --no-cache --no-lock) || exit';
  const list = `restic snapshots --json --no-cache --no-lock > ${snapshotList}.json || exit`;
  return ['sh', '-c', [config, showConfig, list, printSnapshots].join('\n')];
}

/**
 * Copies a snapshot from the repository that is copied from, unless that was done before, and prints what the other has
 * of the same host and path. restic does not tell the id of the copy in any other way.
 */
export function copyCommand(snapshot: string, host: string, path: string): string[] {
  // Without a lock in the repository that is copied from, which is mounted read-only.
  const copy = 'restic copy --no-cache --no-lock -- "$1" >&2 || exit';
  const list = `restic snapshots --json --no-cache --no-lock --host "$2" --path "$3" > ${snapshotList}.json || exit`;
  return ['sh', '-c', [copy, list, printSnapshots].join('\n'), 'copy', snapshot, host, path];
}

/** Takes snapshots off the list; what only they needed stays until the repository is pruned. */
export function forgetCommand(snapshots: readonly string[]): string[] {
  return ['restic', 'forget', '--json', '--no-cache', '--', ...snapshots];
}

/** Removes what no snapshot needs. Tells how far it is every five seconds, in words: restic knows no JSON of it. */
export function pruneCommand(): string[] {
  return ['env', 'RESTIC_PROGRESS_FPS=0.2', 'restic', 'prune', '--no-cache'];
}

/**
 * Prints the locks of the repository. Removes them all when each was made on `hostname`: only for who knows that nothing
 * works there any more. With a lock of somebody else among them, removes only those that restic itself takes for stale:
 * nobody has refreshed them for half an hour.
 */
export function unlockCommand(hostname: string): string[] {
  const script = `ids=$(restic list locks --quiet --no-cache --no-lock) || exit
all=--remove-all
for id in $ids; do
  lock=$(restic cat lock "$id" --quiet --no-cache --no-lock | tr -d '\\n')
  printf '%s\\n' "$lock"
  case "$lock" in *'"hostname": "'"$1"'"'*|'') ;; *) all= ;; esac
done
exec restic unlock $all --no-cache`;
  return ['sh', '-c', script, 'unlock', hostname];
}
