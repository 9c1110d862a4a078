/** Where helpers that measure have the engine's root folder, without what is mounted below it. */
export const rootAt = '/volumes/root';
/** Where they have the engine's folder of volumes. */
export const volumesAt = '/volumes/engine';
/** Where they have a single volume that must be mounted. */
export const mountedAt = '/volumes/mounted';

/** Whatever else runs on the host comes first. Not every kernel has the classes, and it works without. */
const yieldToOthers = `
renice -n 19 -p $$ > /dev/null 2>&1
ionice -c 3 -p $$ 2> /dev/null
`;

/**
 * Sizes folders, one after the other: `sh -c SCRIPT size SECONDS MOUNTED FOLDER=NAME…`. MOUNTED is the mount that all of
 * them are in. It writes lines of words, a name being the rest of its line:
 *
 *     room TYPE BLOCK-BYTES BLOCKS FREE INODES FREE-INODES NAME   of the file system; without a name: of all others
 *     walking ENTRIES BYTES NAME                               every 50,000 entries
 *     sized CODE BYTES ALLOCATED FILES INODES NAME             CODE is that of find; 137 when it took too long
 *     because WORDS                                            first complaint of a find that failed
 *     gone NAME                                                there is no such folder
 *
 * Bytes are the sizes of all but folders, as Docker sums them up; an inode with several names counts once. Only inodes
 * with several names are remembered, so that millions of files need no memory. No name of a file is written, so odd
 * ones do no harm; other file systems below are left out, since one of them may hang. find is called by its path, since
 * the timeout of busybox would prefer busybox's own.
 */
export const sizeScript = `
seconds=$1 mounted=$2
shift 2
${yieldToOthers}
mounts=$(awk '{ for (i = 7; $i != "-"; i++); print " " $5 " " $(i + 1) " " }' /proc/self/mountinfo)

room() {
  type=\${mounts##* "$1" }
  echo "room \${type%% *} $(stat -f -c '%S %b %a %c %d' "$1") $2"
}

measure() {
  [ -d "$1" ] || { echo "gone $2"; return; }
  # Over a volume's folder an administrator may have mounted something.
  [ "$1" = "$mounted" ] || case $mounts in *" $1 "*) room "$1" "$2" ;; esac
  {
    timeout -s KILL "$seconds" /usr/bin/find "$1" -xdev -ignore_readdir_race -printf '%i %n %y %s %b\\n' 2> /tmp/complaints
    echo "end $?"
  } | name=$2 awk '
    NF == 2 { code = $2; next }
    {
      if (++entries % 50000 == 0) { printf "walking %.0f %.0f %s\\n", entries, bytes, ENVIRON["name"]; fflush() }
      if ($3 != "d") {
        files++
        if ($2 > 1) { if ($1 in seen) next; seen[$1] = 1 }
        bytes += $4
      }
      inodes++
      blocks += $5
    }
    END { printf "sized %d %.0f %.0f %.0f %.0f %s\\n", code, bytes, blocks * 512, files, inodes, ENVIRON["name"] }'
  if [ -s /tmp/complaints ]; then
    printf 'because '
    head -n 1 /tmp/complaints | cut -c 1-400
  fi
}

room "$mounted"
for pair; do
  measure "\${pair%%=*}" "\${pair#*=}"
done
`;

/**
 * Looks at what lies below the engine's root folder, and writes lines of words:
 *
 *     mount TYPE SOURCE                                        of the root folder
 *     room BLOCK-BYTES BLOCKS FREE INODES FREE-INODES
 *     disk ROTATIONAL FOLDER                                   what the kernel says of the disk, and where it says so
 */
export const storageScript = `
set -- $(awk -v at="${rootAt}" '$5 == at { for (i = 7; $i != "-"; i++); print $3, $(i + 1), $(i + 2) }' /proc/self/mountinfo | tail -n 1)
echo "mount $2 $3"
stat -f -c 'room %S %b %a %c %d' ${rootAt}
# A file system of several devices has a number of its own, so the device it was mounted by is looked at.
for disk in "/sys/dev/block/$1" "/sys/class/block/\${3##*/}" $(grep -lx "\${3##*/}" /sys/block/dm-*/dm/name 2> /dev/null | sed 's|/dm/name$||'); do
  [ -e "$disk" ] || continue
  disk=$(readlink -f "$disk")
  [ ! -e "$disk/partition" ] || disk=\${disk%/*}
  [ ! -r "$disk/queue/rotational" ] || echo "disk $(cat "$disk/queue/rotational") $disk"
  break
done
`;
