import { posix } from 'node:path';
import type { AccessRule } from './decide.ts';

/** What a share says of its volume, as far as uses are judged by it. */
export interface SharedAs {
  /** Name of the share. */
  readonly name: string;
  /** Those that are active, or were when they were written last. */
  readonly rules: readonly AccessRule[];
  /** Those that were not given up. */
  readonly attachments: readonly FittingAttachment[];
}

/** What an attachment is recognised by. */
export interface FittingAttachment {
  readonly id: string;
  readonly rule: string | null;
  readonly project: string | null;
  /** Null: any container of the project. */
  readonly container: string | null;
  readonly target: string;
}

/** A volume of a host, as far as uses are judged by it. */
export interface OwnedVolume {
  readonly name: string;
  readonly project: string | null;
  readonly environment: string | null;
  /** Null: it is not shared, or its share does not hold. */
  readonly share: SharedAs | null;
}

/** A volume whose data a mount gives to a container: under its name, or by a path that leads into it. */
export interface ReachedVolume extends OwnedVolume {
  readonly by: 'name' | 'path';
}

/** Where the data of a volume is; empty and null where it is not known. */
export interface VolumePlace {
  /** Docker's own folder for it. */
  readonly mountpoint: string;
  /** The folder of the host that it binds. */
  readonly boundFolder: string | null;
}

/** The volumes of a host by name and by place. */
export interface VolumeIndex {
  /** The volumes that a mount reaches. `paths` are those of the host that it gives to the container, by every name that is known. */
  reachedBy(mount: { readonly volume: string | null; readonly paths: readonly string[] }): ReachedVolume[];
  find(name: string): OwnedVolume | null;
}

/** Makes the index. */
export function indexVolumes(
  volumes: readonly { readonly volume: OwnedVolume; readonly place: VolumePlace }[],
): VolumeIndex {
  const byName = new Map(volumes.map(({ volume }) => [volume.name, volume]));
  const byFolder = new Map<string, OwnedVolume[]>();
  for (const { volume, place } of volumes)
    for (const folder of foldersOf(volume, place)) {
      const known = byFolder.get(folder);
      if (known === undefined) byFolder.set(folder, [volume]);
      else known.push(volume);
    }
  return {
    find: (name) => byName.get(name) ?? null,
    reachedBy({ volume: name, paths }) {
      const mounted = name === null ? undefined : byName.get(name);
      const found = new Set(paths.flatMap(pathAndAbove).flatMap((folder) => byFolder.get(folder) ?? []));
      if (mounted !== undefined) found.delete(mounted);
      const byPath = [...found].map((volume) => ({ ...volume, by: 'path' as const }));
      return mounted === undefined ? byPath : [{ ...mounted, by: 'name' as const }, ...byPath];
    },
  };
}

/**
 * The folders that stand for a volume: Docker's own with the one around it, which holds nothing else, and of a shared
 * volume the folder that it binds. Of one that is not shared the bound folder may be anything, such as `/srv` as a whole.
 */
function foldersOf({ share }: OwnedVolume, { mountpoint, boundFolder }: VolumePlace): string[] {
  const own = mountpoint === '' ? [] : [plain(mountpoint)];
  const around = own.filter((folder) => posix.basename(folder) === '_data').map((folder) => posix.dirname(folder));
  const bound = boundFolder === null || share === null ? [] : [plain(boundFolder)];
  return [...new Set([...own, ...around, ...bound])].filter((folder) => folder !== '/');
}

function pathAndAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = plain(path); folder.startsWith('/') && folder !== '/'; folder = posix.dirname(folder))
    folders.push(folder);
  return folders;
}

function plain(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}
