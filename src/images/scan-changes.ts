import type { EngineChange } from '../engine/engine-objects.ts';
import { type ChangeGroups, createChangeGroups, type GroupedChanges } from './change-groups.ts';
import type { WritableFile } from './writable-files.ts';

/** What the changes of a container are told from. */
export interface ChangeSources {
  /** As `docker diff` says them, a folder before what is in it. */
  readonly changes: AsyncIterable<EngineChange>;
  /** What is in the writable folder; null where the storage driver has none, so that nothing can be sized. */
  readonly files: AsyncIterable<WritableFile> | null;
  /** Where something is mounted: that is no change of the container. */
  readonly mountPoints: readonly string[];
  /** Told now and then how many entries were seen so far. */
  readonly onProgress: (entries: number) => void;
}

const progressEvery = 1_000;

/**
 * Groups what a container has changed. `docker diff` knows the kind and not the size, the writable folder the size and not the
 * kind; of the first only the topmost added paths are kept in memory, since all below those is added too.
 */
export async function groupChanges({
  changes,
  files,
  mountPoints,
  onProgress,
}: ChangeSources): Promise<GroupedChanges[]> {
  const isMounted = below(mountPoints);
  const groups = countingGroups(onProgress);
  const added = new Set<string>();
  for await (const { path, kind } of changes) {
    if (isMounted(path)) continue;
    if (kind === 'added' && !hasAncestor(added, path)) added.add(path);
    // What was deleted takes nothing of the writable layer, and is not seen in its folder.
    if (kind === 'deleted') groups.add(path, kind, 0);
    else if (files === null) groups.add(path, kind, null);
  }
  for await (const { path, type, bytes } of files ?? []) {
    if (isMounted(path)) continue;
    const isAdded = hasAncestor(added, path);
    // A character device in the place of something is how the layer says that it was deleted.
    if (type === 'c' && !isAdded) continue;
    groups.add(path, isAdded ? 'added' : 'changed', bytes);
  }
  return groups.groups();
}

function countingGroups(onProgress: ChangeSources['onProgress']): ChangeGroups {
  const groups = createChangeGroups();
  let entries = 0;
  return {
    ...groups,
    add(path, kind, bytes) {
      groups.add(path, kind, bytes);
      entries += 1;
      if (entries % progressEvery === 0) onProgress(entries);
    },
  };
}

function below(mountPoints: readonly string[]): (path: string) => boolean {
  const places = mountPoints.map((point) => point.replace(/\/+$/, ''));
  return (path) => places.some((place) => path === place || path.startsWith(`${place}/`));
}

/** Whether a path or a folder above it is in the set. */
function hasAncestor(paths: ReadonlySet<string>, path: string): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (paths.has(path.slice(0, end))) return true;
  }
  return false;
}
