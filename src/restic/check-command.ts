/** Files that are told of damage, at most. */
const filesTold = 20;

/**
 * Checks a repository and reads one part of its data, without a lock: nobody else is kept from it. Where packs are damaged or
 * gone, tells which snapshots need them, and some of their files: restic names the packs alone. It prints what it found as one
 * line, and the engine's log breaks long ones.
 */
export function checkCommand(part: number, parts: number): string[] {
  const script = `restic check --json --no-cache --no-lock --read-data-subset="$1/$2" > /tmp/out 2> /tmp/errors; code=$?
cat /tmp/out; cat /tmp/errors >&2
[ "$code" = 1 ] || exit "$code"
packs=$(cat /tmp/out /tmp/errors | sed -n -e 's/.*"broken_packs":\\[\\([^]]*\\)\\].*/\\1/p' -e 's/.*"message":"pack \\([0-9a-f]\\{64\\}\\)[: ].*/\\1/p' |
  tr -d '"' | tr ',' '\\n' | sort -u)
[ -n "$packs" ] || exit "$code"
restic find --json --no-cache --no-lock --pack $packs > /tmp/found 2>&1 || exit "$code"
sed 's/},{"object_type":"/}\\n{"object_type":"/g' /tmp/found > /tmp/objects
grep -o '"snapshot":"[0-9a-f]\\{64\\}"' /tmp/objects | sort -u | sed 's/^"snapshot"/{"damaged_snapshot"/; s/$/}/'
sed -n 's/^.*"object_type":"blob",.*\\("path":".*\\),"parent_tree":"[0-9a-f]*","snapshot":"\\([0-9a-f]*\\)".*$/{"damaged_in":"\\2",\\1}/p' /tmp/objects |
  sort -u | head -n ${filesTold}
exit "$code"`;
  return ['sh', '-c', script, 'check', String(part), String(parts)];
}
