import type { ListedSnapshot } from '../restic/output.ts';
import type { DatabaseDump, DatabaseEngine, SnapshotReason, SnapshotServer, SnapshotState } from './model.ts';
import { serverOfTag, serverTag } from './server-tag.ts';

/** What a repository itself tells of a snapshot. */
export interface CataloguedSnapshot {
  readonly id: string;
  readonly host: string;
  /** Null for a snapshot that was not made of a volume. */
  readonly volume: string | null;
  /** Undefined when the snapshot does not say. */
  readonly project: string | null | undefined;
  readonly path: string;
  readonly paths: readonly string[];
  readonly original: string | null;
  readonly reason: SnapshotReason;
  readonly state: SnapshotState;
  readonly dump: DatabaseDump | null;
  readonly server: SnapshotServer | null;
  readonly files: number;
  readonly bytes: number;
  readonly bytesAdded: number;
  readonly jobId: string | null;
  readonly takenAt: Date;
}

/** Tag of a snapshot that only tells something about another one, and is none of its own in the catalogue. */
export const noteTag = 'stowage-note';
const ofVolume = /^\/volumes\/([a-z0-9][a-z0-9.-]*)\/([a-zA-Z0-9][a-zA-Z0-9_.-]*)$/;
const ofDump = /^\/dumps\/([a-z0-9][a-z0-9.-]*)\/([a-zA-Z0-9][a-zA-Z0-9_.-]*)$/;
const reasons: readonly string[] = [
  'backup',
  'first_pass',
  'before_restore',
  'before_delete',
] satisfies SnapshotReason[];
const engines: readonly string[] = ['postgresql', 'mysql', 'mariadb', 'redis'] satisfies DatabaseEngine[];
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface TaggedSnapshot {
  readonly reason: SnapshotReason;
  readonly jobId: string;
  readonly project: string | null;
  readonly dump?: DatabaseDump | null;
  readonly server?: SnapshotServer | null;
}

/** Tags from which the catalogue can be made anew. restic takes a comma for the end of a tag, so values are encoded. */
export function tagsOf({ reason, jobId, project, dump = null, server = null }: TaggedSnapshot): string[] {
  const ofProject = project === null ? [] : [`project=${encodeURIComponent(project)}`];
  const ofDump = dump === null ? [] : [`dump=${dump.engine}`];
  const ofDatabase = dump?.database == null ? [] : [`database=${encodeURIComponent(dump.database)}`];
  const ofServer = server === null ? [] : [`server=${serverTag(server)}`];
  return ['stowage', `reason=${reason}`, `job=${jobId}`, ...ofProject, ...ofDump, ...ofDatabase, ...ofServer];
}

/** Tags of the note that a snapshot is partial: restic itself does not remember that it could not read everything. */
export function noteTagsOf(partialSnapshot: string): string[] {
  return [noteTag, `partial=${partialSnapshot}`];
}

/** The catalogue as the snapshots of a repository tell it. */
export function catalogueOf(listed: readonly ListedSnapshot[]): CataloguedSnapshot[] {
  const isNote = ({ tags = [] }: ListedSnapshot) => tags.includes(noteTag);
  const partial = new Set(listed.filter(isNote).flatMap((note) => tagValue(note, 'partial') ?? []));
  return listed.filter((one) => !isNote(one)).map((one) => entryOf(one, partial));
}

function entryOf(listed: ListedSnapshot, partial: ReadonlySet<string>): CataloguedSnapshot {
  const { id, paths, original = null, hostname = '', summary, time } = listed;
  const dump = dumpOf(listed);
  const path = dump === null ? rootOf(paths) : folderOf(rootOf(paths));
  const [, host = hostname, volume = null] = (dump === null ? ofVolume : ofDump).exec(path) ?? [];
  const reason = tagValue(listed, 'reason');
  const job = tagValue(listed, 'job');
  const project = tagValue(listed, 'project');
  return {
    id,
    host,
    volume,
    // Whoever made a foreign snapshot may have called anything a project.
    project: volume === null ? null : project === null ? undefined : decoded(project),
    path,
    paths,
    original,
    reason: volume === null ? 'foreign' : isReason(reason) ? reason : 'backup',
    state: partial.has(id) || (original !== null && partial.has(original)) ? 'partial' : 'good',
    files: summary?.total_files_processed ?? 0,
    bytes: summary?.total_bytes_processed ?? 0,
    dump: volume === null ? null : dump,
    server: volume === null ? null : serverOfTag(tagValue(listed, 'server')),
    bytesAdded: summary?.data_added_packed ?? summary?.data_added ?? 0,
    jobId: job !== null && uuid.test(job) ? job : null,
    takenAt: new Date(summary?.backup_end ?? time),
  };
}

/** A dump is one file, in a folder of its volume. */
function dumpOf(listed: ListedSnapshot): DatabaseDump | null {
  const engine = tagValue(listed, 'dump');
  if (!isEngine(engine) || !listed.paths.every((path) => path.startsWith('/dumps/'))) return null;
  const database = tagValue(listed, 'database');
  return { engine, database: database === null ? null : decoded(database) };
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/'));
}

/** The folder that holds what was backed up: the path itself, when there is one. Drives of Windows are folders in a snapshot. */
function rootOf(paths: readonly string[]): string {
  const [path, ...others] = paths;
  if (path === undefined || others.length > 0) return '/';
  const [, drive, rest = ''] = /^([A-Za-z]):[\\/]?(.*)$/s.exec(path) ?? [];
  const inside = drive === undefined ? path : `/${drive}/${rest.replaceAll('\\', '/')}`;
  const whole = inside.startsWith('/') ? inside : `/${inside}`;
  return whole === '/' ? whole : whole.replace(/\/+$/, '');
}

function tagValue({ tags = [] }: ListedSnapshot, name: string): string | null {
  return tags.find((tag) => tag.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}

function isEngine(text: string | null): text is DatabaseEngine {
  return text !== null && engines.includes(text);
}

function isReason(text: string | null): text is SnapshotReason {
  return text !== null && reasons.includes(text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Somebody else's tag of the same name.
    return text;
  }
}
