import type { ListedSnapshot } from '../restic/output.ts';
import type { HeldContent } from './held-content.ts';
import { decoded, placeOf, tagsOfHeld, tagValue } from './held-tags.ts';
import type { SnapshotReason, SnapshotState } from './model.ts';

/** What a repository itself tells of a snapshot. */
export interface CataloguedSnapshot extends HeldContent {
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
  readonly files: number;
  readonly bytes: number;
  readonly bytesAdded: number;
  readonly jobId: string | null;
  readonly takenAt: Date;
}

/** Tag of a snapshot that only tells something about another one, and is none of its own in the catalogue. */
export const noteTag = 'stowage-note';
const reasons: readonly string[] = [
  'backup',
  'first_pass',
  'before_restore',
  'before_delete',
] satisfies SnapshotReason[];
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface TaggedSnapshot extends HeldContent {
  readonly reason: SnapshotReason;
  readonly jobId: string;
  readonly project: string | null;
}

/** Tags from which the catalogue can be made anew. restic takes a comma for the end of a tag, so values are encoded. */
export function tagsOf({ reason, jobId, project, ...held }: TaggedSnapshot): string[] {
  const ofProject = project === null ? [] : [`project=${encodeURIComponent(project)}`];
  return ['stowage', `reason=${reason}`, `job=${jobId}`, ...ofProject, ...tagsOfHeld(held)];
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
  const { path, isForeign, host = hostname, volume, ...held } = placeOf(listed, rootOf(paths));
  const reason = tagValue(listed, 'reason');
  const job = tagValue(listed, 'job');
  const project = tagValue(listed, 'project');
  return {
    id,
    host,
    volume,
    // Whoever made a foreign snapshot may have called anything a project.
    project: isForeign ? null : project === null ? undefined : decoded(project),
    path,
    paths,
    original,
    reason: isForeign ? 'foreign' : isReason(reason) ? reason : 'backup',
    state: partial.has(id) || (original !== null && partial.has(original)) ? 'partial' : 'good',
    files: summary?.total_files_processed ?? 0,
    bytes: summary?.total_bytes_processed ?? 0,
    ...held,
    bytesAdded: summary?.data_added_packed ?? summary?.data_added ?? 0,
    jobId: job !== null && uuid.test(job) ? job : null,
    takenAt: new Date(summary?.backup_end ?? time),
  };
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

function isReason(text: string | null): text is SnapshotReason {
  return text !== null && reasons.includes(text);
}
