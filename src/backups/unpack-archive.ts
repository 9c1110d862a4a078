import type { HelperSpec } from '../engine/helper.ts';
import { writeCapabilities } from '../restic/commands.ts';

const archivesAt = '/repository';
const volumeAt = '/data';

/** What the last lines of the helper begin with. */
export const unpackWords = { missing: 'missing', found: 'unpacked' } as const;

/**
 * Unpacks an archive of the volume at /repository into the empty one at /data. GNU tar finds out by itself how it is
 * compressed; it writes nothing outside of the folder and ends with an error at a member that wants to. A link in the
 * volume of the archive may not lead out of it.
 *
 * Lines: "missing" when there is no such file; at the end "unpacked ENTRIES BYTES".
 */
const script = `
archive=$(readlink -f -- "${archivesAt}/$1") && [ -f "$archive" ] || { echo ${unpackWords.missing}; exit 1; }
case "$archive" in ${archivesAt}/*) ;; *) echo ${unpackWords.missing}; exit 1;; esac
tar --extract --file="$archive" --directory=${volumeAt} --numeric-owner --same-owner --same-permissions --acls \
  --xattrs --xattrs-include='user.*' --xattrs-include='security.capability' || exit
entries=$(find ${volumeAt} -mindepth 1 -printf x | wc -c)
bytes=$(find ${volumeAt} -type f -printf '%s\\n' | awk '{ sum += $1 } END { printf "%.0f", sum }')
echo "${unpackWords.found} $entries $bytes"
`;

/** The helper that unpacks `path` of a volume into another one. */
export function unpackHelper(source: string, path: string, into: string): Omit<HelperSpec, 'name' | 'labels'> {
  return {
    command: ['sh', '-c', script, 'unpack', path.replace(/^\/+/, '')],
    environment: {},
    mounts: [
      { type: 'volume', source, target: archivesAt, readOnly: true },
      { type: 'volume', source: into, target: volumeAt, readOnly: false },
    ],
    capabilities: writeCapabilities,
    network: null,
    secrets: false,
  };
}
