/** Where the helper has the root of the host. */
export const hostRoot = '/host';

/**
 * What the helper runs: `sh -c SCRIPT probe SECONDS ENTRIES`; with 0 for ENTRIES nothing is counted. It reads /run/stowage/paths, a path a line in the escapes
 * of printf's %b, and writes lines of words:
 *
 *     mount DEVICE POINT TYPE                                       each mount, in the escapes of /proc/self/mountinfo
 *     path INDEX found RAW-MODE UID GID DEVICE INODE RESOLVED       RESOLVED in base64; `=` when it is the path itself
 *     path INDEX missing
 *     path INDEX unknown                                            it may not be looked at, or did not answer in time
 *     entries INDEX COUNT all|more
 *
 * Links are followed here and not by the kernel, to which an absolute one would lead into the helper's own root. One
 * process looks at path after path; when it has been silent for too long, as in a dead network mount, and not for want of
 * processor time, it is left where it hangs, and another one goes on with the next path.
 */
export const probeScript = `
seconds=$1 most=$2
root=${hostRoot}
paths=/run/stowage/paths
answers=/tmp/answers
cut=/tmp/cut

resolve() {
  rest=$1 real= links=0
  while [ -n "$rest" ]; do
    part=\${rest%%/*}
    case $rest in */*) rest=\${rest#*/} ;; *) rest= ;; esac
    case $part in
      '' | .) continue ;;
      ..) [ -d "$root$real" ] || return 1; real=\${real%/*}; continue ;;
    esac
    if [ ! -L "$root$real/$part" ]; then real=$real/$part; continue; fi
    links=$((links + 1))
    [ $links -le 40 ] || return 1
    target=$(readlink -n "$root$real/$part" && echo .)
    target=\${target%.}
    case $target in /*) real= ;; esac
    rest=$target/$rest
  done
  real=\${real:-/}
}

count() {
  rm -f $cut
  { timeout -s KILL $seconds find "$root$real" -xdev -mindepth 1 -print0 2>/dev/null || [ $? -ne 137 ] || : > $cut; } |
    tr -dc '\\0' | head -c $((most + 1)) | wc -c
}

probe() {
  resolve "$2" || { echo "path $1 missing"; return; }
  if ! facts=$(stat -c '%f %u %g %d %i' "$root$real" 2>&1); then
    case $facts in
      *': No such file or directory' | *': Not a directory' | *': File name too long') echo "path $1 missing" ;;
      *) echo "path $1 unknown" ;;
    esac
    return
  fi
  resolved='='
  [ "$real" = "$2" ] || resolved=$(printf %s "$real" | base64 | tr -d '\\n')
  echo "path $1 found $facts $resolved"
  [ -d "$root$real" ] && [ $most -gt 0 ] || return
  entries=$(count)
  if [ -e $cut ] || [ $entries -gt $most ]; then rest=more; else rest=all; fi
  [ $entries -le $most ] || entries=$most
  echo "entries $1 $entries $rest"
}

work() {
  index=0
  while read -r line; do
    if [ $index -ge $1 ]; then
      echo "look $index"
      path=$(printf '%b.' "$line")
      probe $index "\${path%.}"
    fi
    index=$((index + 1))
  done < $paths
  echo end
}

starving() {
  for process in /proc/[0-9]*/stat; do
    [ $process != /proc/1/stat ] && read -r state 2>/dev/null < $process || continue
    case \${state##*) } in R*) return 0 ;; esac
  done
  return 1
}

awk '{ for (i = 7; $i != "-"; i++); print "mount", $3, $5, $(i + 1) }' /proc/self/mountinfo
mkfifo $answers
next=0
total=$(wc -l < $paths)
while [ $next -lt $total ]; do
  work $next > $answers &
  worker=$!
  exec 3< $answers
  answer= answered=
  while read -r -t $((seconds + 1)) -u 3 answer || starving; do
    case $answer in
      end) break ;;
      look*) next=\${answer#look } answered= ;;
      path*) answered=yes; echo "$answer" ;;
      entries*) echo "$answer" ;;
    esac
    answer=
  done
  exec 3<&-
  [ "$answer" != end ] || break
  kill -9 $worker
  [ -n "$answered" ] || echo "path $next unknown"
  next=$((next + 1))
done
`;
