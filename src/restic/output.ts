import Value from 'typebox/value';
import { type Static, T } from '../schema.ts';
import { type PruneMessage, readPruneLine } from './prune-output.ts';

const Status = T.Object({
  message_type: T.Literal('status'),
  percent_done: T.Optional(T.Number()),
  total_files: T.Optional(T.Number()),
  total_bytes: T.Optional(T.Number()),
  files_done: T.Optional(T.Number()),
  bytes_done: T.Optional(T.Number()),
  files_restored: T.Optional(T.Number()),
  files_skipped: T.Optional(T.Number()),
  bytes_restored: T.Optional(T.Number()),
  bytes_skipped: T.Optional(T.Number()),
  seconds_elapsed: T.Optional(T.Number()),
  seconds_remaining: T.Optional(T.Number()),
});

const BackupSummary = T.Object({
  message_type: T.Literal('summary'),
  snapshot_id: T.String(),
  total_files_processed: T.Number(),
  total_bytes_processed: T.Number(),
  data_added_packed: T.Optional(T.Number()),
  data_added: T.Number(),
  total_duration: T.Number(),
});

const RestoreSummary = T.Object({
  message_type: T.Literal('summary'),
  total_files: T.Number(),
  files_restored: T.Optional(T.Number()),
  files_skipped: T.Optional(T.Number()),
  files_deleted: T.Optional(T.Number()),
  total_bytes: T.Optional(T.Number()),
  bytes_restored: T.Optional(T.Number()),
  bytes_skipped: T.Optional(T.Number()),
  seconds_elapsed: T.Optional(T.Number()),
});

const ItemError = T.Object({
  message_type: T.Literal('error'),
  error: T.Object({ message: T.String() }),
  during: T.Optional(T.String()),
  item: T.Optional(T.String()),
});

const ExitError = T.Object({ message_type: T.Literal('exit_error'), code: T.Number(), message: T.String() });

const Node = T.Object({
  struct_type: T.Literal('node'),
  name: T.String(),
  type: T.String(),
  path: T.String(),
  uid: T.Optional(T.Number()),
  gid: T.Optional(T.Number()),
  size: T.Optional(T.Number()),
  mode: T.Optional(T.Number()),
  mtime: T.Optional(T.String()),
});

const Config = T.Object({ version: T.Number(), id: T.String(), chunker_polynomial: T.String() });

const ResticVersion = T.Object({ message_type: T.Literal('version'), version: T.String() });

const RawStatistics = T.Object({
  total_size: T.Number(),
  total_uncompressed_size: T.Optional(T.Number()),
  compression_ratio: T.Optional(T.Number()),
  total_blob_count: T.Optional(T.Number()),
  snapshots_count: T.Number(),
});

const ListedSnapshot = T.Object({
  time: T.String(),
  tree: T.String(),
  paths: T.Array(T.String()),
  hostname: T.Optional(T.String()),
  tags: T.Optional(T.Array(T.String())),
  original: T.Optional(T.String()),
  summary: T.Optional(
    T.Object({
      backup_end: T.Optional(T.String()),
      total_files_processed: T.Optional(T.Number()),
      total_bytes_processed: T.Optional(T.Number()),
      data_added: T.Optional(T.Number()),
      data_added_packed: T.Optional(T.Number()),
    }),
  ),
  id: T.String(),
});

const Lock = T.Object({
  time: T.String(),
  exclusive: T.Boolean(),
  hostname: T.String(),
  username: T.Optional(T.String()),
  pid: T.Number(),
});

/** How many snapshots a list has, told by ourselves after its last one. */
const SnapshotCount = T.Object({ listed_snapshots: T.Number() });

/** What a check says at its end. */
const CheckSummary = T.Object({
  message_type: T.Literal('summary'),
  num_errors: T.Number(),
  broken_packs: T.Union([T.Array(T.String()), T.Null()]),
});

/** What a check says of something that is wrong, or of what to do. */
const CheckError = T.Object({ message_type: T.Literal('error'), message: T.String() });

/** Told by {@link checkCommand}: that something in a snapshot is damaged, and a file that is. */
const DamagedSnapshot = T.Object({ damaged_snapshot: T.String() });
const DamagedFile = T.Object({ damaged_in: T.String(), path: T.String() });

/** Of `stat --file-system`, in the words of ours that {@link statisticsCommand} gives it. */
const Room = T.Object({ block_bytes: T.Number(), blocks: T.Number(), available: T.Number() });

/** What restic's `--json` lines say, by the kinds that Stowage reads. */
export type ResticMessage =
  | { readonly kind: 'status'; readonly status: Static<typeof Status> }
  | { readonly kind: 'backup'; readonly summary: Static<typeof BackupSummary> }
  | { readonly kind: 'restore'; readonly summary: Static<typeof RestoreSummary> }
  | { readonly kind: 'error'; readonly item: string; readonly message: string }
  | { readonly kind: 'exit'; readonly message: string }
  | { readonly kind: 'node'; readonly node: Static<typeof Node> }
  | { readonly kind: 'config'; readonly config: Static<typeof Config> }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'snapshot'; readonly snapshot: Static<typeof ListedSnapshot> }
  | { readonly kind: 'lock'; readonly lock: Static<typeof Lock> }
  | { readonly kind: 'count'; readonly snapshots: number }
  | { readonly kind: 'room'; readonly room: Static<typeof Room> }
  | { readonly kind: 'check'; readonly errors: number }
  | { readonly kind: 'complaint'; readonly message: string }
  | PruneMessage
  | { readonly kind: 'damaged_snapshot'; readonly snapshot: string }
  | { readonly kind: 'damaged_file'; readonly snapshot: string; readonly path: string }
  | { readonly kind: 'statistics'; readonly statistics: Static<typeof RawStatistics> };

/** Reads one line of restic's output; null when it is none that Stowage knows. */
export function readLine(line: string): ResticMessage | null {
  const value = parseJson(line);
  if (Value.Check(Status, value)) return { kind: 'status', status: value };
  if (Value.Check(BackupSummary, value)) return { kind: 'backup', summary: value };
  if (Value.Check(RestoreSummary, value)) return { kind: 'restore', summary: value };
  if (Value.Check(ItemError, value)) return { kind: 'error', item: value.item ?? '', message: value.error.message };
  if (Value.Check(CheckSummary, value)) return { kind: 'check', errors: value.num_errors };
  if (Value.Check(CheckError, value)) return { kind: 'complaint', message: value.message.trim() };
  if (Value.Check(DamagedSnapshot, value)) return { kind: 'damaged_snapshot', snapshot: value.damaged_snapshot };
  if (Value.Check(DamagedFile, value)) return { kind: 'damaged_file', snapshot: value.damaged_in, path: value.path };
  if (Value.Check(ExitError, value)) return { kind: 'exit', message: value.message };
  if (Value.Check(Node, value)) return { kind: 'node', node: value };
  if (Value.Check(Config, value)) return { kind: 'config', config: value };
  if (Value.Check(ResticVersion, value)) return { kind: 'version', version: value.version };
  if (Value.Check(ListedSnapshot, value)) return { kind: 'snapshot', snapshot: value };
  if (Value.Check(Lock, value)) return { kind: 'lock', lock: value };
  if (Value.Check(SnapshotCount, value)) return { kind: 'count', snapshots: value.listed_snapshots };
  if (Value.Check(Room, value)) return { kind: 'room', room: value };
  if (Value.Check(RawStatistics, value)) return { kind: 'statistics', statistics: value };
  return readPruneLine(line);
}

function parseJson(line: string): unknown {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** One entry of a folder in a snapshot, as restic lists it. */
export type ResticNode = Static<typeof Node>;
export type BackupSummary = Static<typeof BackupSummary>;

/** What a backup has made, in the words of the catalogue. */
export function achievedBy(summary: BackupSummary) {
  return {
    id: summary.snapshot_id,
    files: summary.total_files_processed,
    bytesRead: summary.total_bytes_processed,
    bytesAdded: summary.data_added_packed ?? summary.data_added,
  };
}
export type RestoreSummary = Static<typeof RestoreSummary>;
export type ResticStatus = Static<typeof Status>;
/** A snapshot as `restic snapshots` lists it. */
export type ListedSnapshot = Static<typeof ListedSnapshot>;
/** A lock as `restic cat lock` shows it. */
export type ResticLock = Static<typeof Lock>;
export type FileSystemRoom = Static<typeof Room>;
export type RawStatistics = Static<typeof RawStatistics>;
