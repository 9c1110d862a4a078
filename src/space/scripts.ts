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
 * Sizes volumes: `sh -c SCRIPT size SECONDS folder|mount MOUNTED NAME…`. MOUNTED is the engine's folder of volumes, or the
 * one volume itself. It writes lines of words, a name being the rest of its line:
 *
 *     room TYPE BLOCK-BYTES BLOCKS FREE INODES FREE-INODES NAME   of the file system; without a name: of all others
 *     walking ENTRIES BYTES                                    every 50,000 entries
 *     sized CODE BYTES ALLOCATED FILES INODES NAME             CODE is that of find; 137 when it took too long
 *     because WORDS                                            first complaint of a find that failed
 *     gone NAME                                                there is no such folder
 *
 * Bytes are the sizes of all but folders, as Docker sums them up; an inode with several names counts once. Only inodes
 * with several names are remembered, so that millions of files need no memory. No name of a file is written, so odd
 * ones do no harm; other file systems below are left out, since one of them may hang. find is called by its path, since
 * the timeout of busybox would prefer busybox's own.
 *
 * Most volumes are small, and a process for each would take longer than its walk: one find walks a hundred. When that
 * fails or takes long, those that it has not told of are walked alone, each with the limit for itself.
 */
export const sizeScript = `
seconds=$1 mode=$2 mounted=$3
shift 3
${yieldToOthers}
mounts=$(awk '{ for (i = 7; $i != "-"; i++); print " " $5 " " $(i + 1) " " }' /proc/self/mountinfo)
quick=30
[ $quick -le $seconds ] || quick=$seconds

room() {
  type=\${mounts##* "$1" }
  echo "room \${type%% *} $(stat -f -c '%S %b %a %c %d' "$1") $2"
}

# walk LIMIT NAME FOLDER…: with a name it tells what became of this one; without, it leaves in /tmp/told how many it has
# told of, and the code.
walk() {
  limit=$1 name=$2
  shift 2
  {
    timeout -s KILL $limit /usr/bin/find "$@" -xdev -ignore_readdir_race -printf '%i %n %y %s %b %H\\n' 2> /tmp/complaints
    echo "end $?"
  } | name=$name mounted=$mounted awk '
    function sums() { return sprintf("%.0f %.0f %.0f %.0f", bytes, blocks * 512, files, inodes) }
    function finish() {
      if (folder != "") done[++told] = sums() " " substr(folder, length(ENVIRON["mounted"]) + 2, length(folder) - length(ENVIRON["mounted"]) - 7)
      split("", seen)
      bytes = blocks = files = inodes = 0
    }
    NF == 2 { code = $2; next }
    $6 != folder { finish(); folder = $6 }
    {
      if (++entries % 50000 == 0) { printf "walking %.0f %.0f\\n", entries, bytes; fflush() }
      if ($3 != "d") {
        files++
        if ($2 > 1) { if ($1 in seen) next; seen[$1] = 1 }
        bytes += $4
      }
      inodes++
      blocks += $5
    }
    END {
      if (ENVIRON["name"] != "") { print "sized", code, sums(), ENVIRON["name"]; exit }
      if (code == 0) finish()
      # Whom a complaint is about is not known.
      if ((getline line < "/tmp/complaints") > 0) code = 1
      if (code == 0 || code == 137) for (i = 1; i <= told; i++) print "sized 0", done[i]
      else told = 0
      print told + 0, code > "/tmp/told"
    }'
}

alone() {
  [ -d "$1" ] || { echo "gone $2"; return; }
  walk $seconds "$2" "$1"
  [ ! -s /tmp/complaints ] || { printf 'because '; head -n 1 /tmp/complaints | cut -c 1-400; }
}

room "$mounted"
[ "$mode" = folder ] || { alone "$mounted" "$1"; exit; }
while [ $# -gt 0 ]; do
  folders= count=0
  for name; do
    [ $count -lt 100 ] || break
    folder=$mounted/$name/_data
    # Over the folder of a volume an administrator may have mounted something.
    case $mounts in *" $folder "*) room "$folder" "$name" ;; esac
    folders="$folders $folder" count=$((count + 1))
  done
  walk $quick '' $folders
  read -r told code < /tmp/told
  shift $told
  left=$((count - told))
  [ $code -ne 137 ] || left=1
  while [ $left -gt 0 ]; do
    alone "$mounted/$1/_data" "$1"
    shift
    left=$((left - 1))
  done
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
