import { showConfig } from './commands.ts';
import { otherPasswordAt } from './repository-access.ts';

/** The other password is one of the repository, or not; restic's exit code says it. */
const withOther = `with_other() { RESTIC_PASSWORD_FILE=${otherPasswordAt} restic "$@" --quiet --no-cache --no-lock; }`;
const wrongPasswordExit = 12;
/** More keys than restic itself looks at. */
const mostKeys = 32;

/** Makes the other password one of the repository, unless it is, then opens the repository with it and prints its config. */
export function addKeyCommand(): string[] {
  return [
    'sh',
    '-c',
    `${withOther}
with_other cat config > /dev/null 2>&1; code=$?
if [ $code = ${wrongPasswordExit} ]; then restic key add --no-cache --new-password-file ${otherPasswordAt}; code=$?; fi
[ $code = 0 ] || exit $code
config=$(with_other cat config) || exit
${showConfig}`,
  ];
}

/** Removes the keys that the other password opens, until it opens the repository no more. */
export function removeKeysCommand(): string[] {
  return [
    'sh',
    '-c',
    `${withOther}
for turn in $(seq ${mostKeys}); do
  keys=$(with_other key list --json 2> /tmp/refusal); code=$?
  [ $code != ${wrongPasswordExit} ] || exit 0
  [ $code = 0 ] || { cat /tmp/refusal >&2; exit $code; }
  id=$(printf '%s' "$keys" | sed 's/},{/}\\n{/g' | sed -n 's/.*"current":true.*"id":"\\([0-9a-f]*\\)".*/\\1/p')
  [ -n "$id" ] || { echo 'restic does not tell its keys.' >&2; exit 1; }
  restic key remove --no-cache "$id" || exit
done
echo 'The key is still there after it was removed.' >&2
exit 1`,
  ];
}
