import type { HelperSpec } from '../engine/helper.ts';
import type { DirectoriesInput } from './model.ts';

/** Where the helper sees the root; the image has a folder there. */
const boundAt = '/data';

/**
 * Makes the folders of a project below the root that is bound at /data, and nothing anywhere else: the helper sees nothing else of
 * the host. It follows no link either, planted before or meanwhile: it steps into each folder and asks the kernel where it
 * is then; owner and mode are set on that folder itself and not on a name. That the root is no link is told by the
 * kernel's list of mounts, which names the folder that was bound (unless a whole file system is mounted there).
 *
 * A new folder belongs to root and is empty until it gets its owner; so one that is found in this state was left by a
 * helper that was killed, and is finished.
 *
 * Lines: "made PATH", "kept PATH"; and the last one when it fails: "escapes PATH", "blocked PATH", "failed PATH".
 */
const script = `
umask 077
root=$1 project=$2 owner=$3 mode=$4 adopt=$5
shift 5

refuse() { echo "$1 $2"; exit 1; }

is_fresh() { [ "$(stat -c %u .)" = 0 ] && [ -z "$(ls -A)" ] && case "$(stat -c %a .)" in 700|2700) true;; *) false;; esac; }

enter() {
  if ! mkdir "./$1" 2> /dev/null; then
    [ ! -L "./$1" ] || refuse escapes "$2"
    [ -d "./$1" ] || [ ! -e "./$1" ] || refuse blocked "$2"
    [ -d "./$1" ] || mkdir "./$1" || refuse failed "$2"
  fi
  cd -P "./$1" 2> /dev/null || refuse escapes "$2"
  [ "$(/usr/bin/pwd -P)" = "/data$3" ] || refuse escapes "$2"
  if is_fresh || [ "$adopt" = yes ]; then
    chown "$owner" . && chmod "$mode" . || refuse failed "$2"
    echo "made $2"
  else
    echo "kept $2"
  fi
}

cd -P /data || refuse failed "$root"
while read -r _ _ _ from at more; do
  [ "$at" = /data ] || continue
  bound=$(printf '%b' "$from")
  # What is mounted of a btrfs is a folder of it itself, which stands in front.
  case "$more$bound" in *" - btrfs "*"$root") bound=$root;; esac
  [ "$bound" = / ] || case "$root" in *"$bound") ;; *) refuse escapes "$root";; esac
done < /proc/self/mountinfo
enter "$project" "$root/$project" "/$project"
for folder; do
  (enter "$folder" "$root/$project/$folder" "/$project/$folder") || exit 1
done
`;

/** The helper that makes the folders. */
export function folderHelper({
  root,
  project,
  folders,
  uid,
  gid,
  mode,
  adopt,
}: DirectoriesInput): Omit<HelperSpec, 'name' | 'labels'> {
  const settings = [root, project, `${uid}:${gid}`, mode, adopt ? 'yes' : 'no'];
  return {
    command: ['/bin/sh', '-c', script, 'make-folders', ...settings, ...folders],
    environment: {},
    mounts: [{ type: 'bind', source: root, target: boundAt, readOnly: false }],
    capabilities: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID'],
    network: null,
    secrets: false,
  };
}

/** What a helper has told in its lines. */
export interface FolderReport {
  readonly made: string[];
  readonly kept: string[];
  /** Why it ended early, and where. */
  readonly refusal: { readonly kind: 'escapes' | 'blocked' | 'failed'; readonly path: string } | null;
}

/** Reads the lines of the standard output. */
export function readFolderReport(lines: readonly string[]): FolderReport {
  const report = { made: [] as string[], kept: [] as string[], refusal: null as FolderReport['refusal'] };
  for (const line of lines) {
    const [, word, path = ''] = /^(made|kept|escapes|blocked|failed) (.+)$/.exec(line) ?? [];
    if (word === 'made' || word === 'kept') report[word].push(path);
    else if (word === 'escapes' || word === 'blocked' || word === 'failed') report.refusal = { kind: word, path };
  }
  return report;
}
