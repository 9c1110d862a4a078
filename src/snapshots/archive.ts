import type { Ports } from '../context.ts';
import type { Download } from '../schema.ts';
import { folderOf, readerOf, streamOf } from './browse.ts';
import type { ArchiveFormat, Snapshot } from './model.ts';

const compressors: Readonly<Record<ArchiveFormat, string>> = {
  'tar.gz': 'gzip -6',
  'tar.zst': 'zstd -q -3',
  tar: 'cat',
};

/**
 * The folder itself comes first, as `./`: restic leaves it out, and a database does not start in a folder that is not its
 * own. Of the archive that tar makes of an empty folder the header is taken alone; restic's archive goes on from there.
 * The shell is busybox's, whose pipe fails when any part of it does, and which takes its own tools unless told a path.
 */
const script = (compressor: string) => `mkdir /tmp/folder && {
  /usr/bin/tar --create --directory=/tmp/folder --no-recursion --numeric-owner --owner="x:$2" --group="x:$3" --mode="$4" --mtime="$5" . | head -c 512 &&
  restic dump --archive tar --quiet --no-cache --no-lock -- "$1" /
} | ${compressor}`;

/**
 * A folder of a snapshot as an archive, made while it is read: owners, modes, times, links and attributes are in it, paths
 * are relative to the folder. Throws `path_not_found` and `path_not_a_folder`.
 */
export async function openArchive(
  ports: Ports,
  snapshot: Snapshot,
  path: string,
  format: ArchiveFormat,
): Promise<Download> {
  const { whole, mode, uid, gid, modifiedAt } = await folderOf(ports, snapshot, path);
  const owner = [String(uid), String(gid), mode, modifiedAt];
  const command = ['busybox', 'ash', '-o', 'pipefail', '-c', script(compressors[format]), 'archive'];
  const reader = await readerOf(ports, snapshot, [...command, `${snapshot.id}:${whole}`, ...owner]);
  return { stream: await streamOf(reader), bytes: null, fileName: `${nameOf(snapshot, path)}.${format}` };
}

function nameOf({ volume, id }: Snapshot, path: string): string {
  const folder = path.split('/').findLast((part) => part !== '');
  return [volume ?? 'snapshot', id.slice(0, 8), ...(folder === undefined ? [] : [folder])].join('-');
}
