import type { HelperSpec } from '../engine/helper.ts';

/** A tmpfs of a running container. */
export interface TmpfsPlace {
  readonly container: string;
  readonly target: string;
  /** First process of the container. */
  readonly pid: number;
}

/** What a tmpfs holds. */
export interface TmpfsUse {
  readonly container: string;
  readonly target: string;
  readonly usedBytes: number;
}

/**
 * Looks at each tmpfs through the process of its container: arguments come in threes (process, container, target), so that a
 * name may hold anything, and answers name them by their number. That the process still is the container's is asked of
 * its cgroup before and after, since the kernel gives the number of a process that has ended to another one. Links in a
 * target are followed within the container's root: an absolute one would lead into the helper's.
 */
const script = `
locate() {
  place=; rest=$2; hops=0
  while [ -n "$rest" ]; do
    part=\${rest%%/*}
    case $rest in */*) rest=\${rest#*/} ;; *) rest= ;; esac
    case $part in '' | .) continue ;; ..) place=\${place%/*}; continue ;; esac
    if [ -L "$1$place/$part" ]; then
      hops=$((hops + 1)); [ $hops -gt 40 ] && return 1
      link=$(readlink "$1$place/$part") || return 1
      case $link in /*) place= ;; esac
      rest=$link/$rest
    else place=$place/$part; fi
  done
}
belongs() { grep -q "$2" "/proc/$1/cgroup" 2> /dev/null; }
number=0
while [ $# -ge 3 ]; do
  if belongs "$1" "$2" && locate "/proc/$1/root" "$3"; then
    use=$(stat -f -c '%T %b %f %S' "/proc/$1/root$place" 2> /dev/null)
    [ -n "$use" ] && belongs "$1" "$2" && echo "$number $use"
  fi
  number=$((number + 1)); shift 3
done
exit 0`;

/** A helper that looks at these. It sees the processes of the host, and what they see of their file systems. */
export function tmpfsHelper(places: readonly TmpfsPlace[]): Omit<HelperSpec, 'name' | 'labels'> {
  const names = places.flatMap(({ pid, container, target }) => [String(pid), container, target]);
  return {
    command: ['/bin/sh', '-c', script, 'sh', ...names],
    environment: {},
    mounts: [],
    capabilities: ['SYS_PTRACE', 'DAC_READ_SEARCH'],
    network: null,
    secrets: false,
    lowPriority: true,
    hostProcesses: true,
    hostFiles: true,
  };
}

/** Reads a line of a {@link tmpfsHelper}; null when it tells of no tmpfs. */
export function readTmpfsLine(line: string, places: readonly TmpfsPlace[]): TmpfsUse | null {
  const [whole, number, total, free, size] = /^(\d+) tmpfs (\d+) (\d+) (\d+)$/.exec(line) ?? [];
  const place = places[Number(number)];
  if (whole === undefined || place === undefined) return null;
  const { container, target } = place;
  return { container, target, usedBytes: Math.max(0, Number(total) - Number(free)) * Number(size) };
}
