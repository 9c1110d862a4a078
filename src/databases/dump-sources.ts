import { dumpCommand } from '../restic/commands.ts';
import { type Opened, repositoryAccess, resticHelper } from '../restic/repository-access.ts';
import type { DumpSource } from './restore-dump.ts';

const volumeAt = '/volumes/archive';

/** A link in the volume may not lead out of it. How the file is compressed is told by its name. */
const readArchive = `
archive=$(readlink -f -- "${volumeAt}/$1") && [ -f "$archive" ] || { echo "There is no file $1 in the volume." >&2; exit 1; }
case "$archive" in ${volumeAt}/*) ;; *) echo "There is no file $1 in the volume." >&2; exit 1;; esac
case "$archive" in *.gz) exec gzip -dc "$archive";; *.zst) exec zstd -qdc "$archive";; *) exec cat "$archive";; esac`;

/** The dump that a snapshot holds. */
export function fromSnapshot(repository: Opened, snapshot: string, file: string, step: string): DumpSource {
  const access = repositoryAccess(repository, false);
  return {
    step,
    spec: resticHelper(access, dumpCommand(snapshot, file), { capabilities: [] }),
    secrets: access.secrets,
  };
}

/** A file of SQL in a volume, plain or compressed with gzip or zstd. */
export function fromArchive({ volume, path }: { volume: string; path: string }): DumpSource {
  const spec = {
    command: ['sh', '-c', readArchive, 'read', path.replace(/^\/+/, '')],
    environment: {},
    mounts: [{ type: 'volume', source: volume, target: volumeAt, readOnly: true } as const],
    capabilities: ['DAC_READ_SEARCH'],
    network: null,
    secrets: false,
  };
  return { step: 'load', spec, secrets: null };
}
