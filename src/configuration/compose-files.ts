import type { ContainerDefinition } from '../engine/definition-objects.ts';
import type { Engine } from '../engine/engine.ts';
import type { HelperSpec } from '../engine/helper.ts';
import { composeLabels, probePaths } from '../hosts/read.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { streamOutput } from '../jobs/helper-run.ts';
import type { ComposeFile } from './snapshot-files.ts';
import { readTar } from './tar-files.ts';

const step = 'compose-files';
const hostAt = '/host';
const largestFileBytes = 1024 ** 2;
const mostFiles = 500;

/** What is no plain file, or too large for a Compose file, is left out. */
const script = `cd ${hostAt} || exit
count=$#
while [ $count -gt 0 ]; do
  file=\${1#/}; shift; count=$((count - 1))
  [ -f "$file" ] && [ "$(stat -c %s -- "$file")" -le ${largestFileBytes} ] && set -- "$@" "./$file"
done
[ $# -eq 0 ] || exec /usr/bin/tar --create --file - -- "$@"`;

/**
 * The Compose files that labels of containers name, as they are on the host now. Those that are not there (somebody may have
 * called Compose elsewhere) are told in the log of the job.
 */
export async function readComposeFiles(
  engine: Engine,
  job: RunningJob,
  containers: readonly ContainerDefinition[],
): Promise<ComposeFile[]> {
  const named = containers.flatMap(({ labels }) => (labels[composeLabels.files] ?? '').split(','));
  const paths = [...new Set(named.map((path) => path.trim()).filter((path) => path.startsWith('/')))];
  if (paths.length === 0) return [];
  const wanted = paths.toSorted().slice(0, mostFiles);
  // Links lead where they lead on the host, not in the helper.
  const facts = await probePaths(job.ports, job.host, wanted, { counts: false });
  const resolved = new Map(wanted.map((path) => [path, facts.get(path)?.resolvedPath ?? null]));
  const contents = await read(
    engine,
    job,
    [...resolved.values()].filter((path) => path !== null),
  );
  const files = wanted.flatMap((path) => {
    const content = contents.get(resolved.get(path) ?? '');
    return content === undefined ? [] : [{ path, content }];
  });
  const missing = paths.filter((path) => !files.some((file) => file.path === path));
  if (missing.length > 0)
    await job.log('warn', `These Compose files are not on the host, or no plain files: ${missing.join(', ')}.`);
  return files;
}

async function read(engine: Engine, job: RunningJob, paths: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  if (paths.length === 0) return new Map();
  const spec = readingHelper([...new Set(paths)]);
  const files = await readTar(await streamOutput(engine, job, { step, spec, secrets: null }));
  return new Map([...files].map(([name, content]) => [`/${name}`, content]));
}

function readingHelper(paths: readonly string[]): Omit<HelperSpec, 'name' | 'labels'> {
  return {
    command: ['sh', '-c', script, 'read', ...paths],
    environment: {},
    mounts: [{ type: 'bind', source: '/', target: hostAt, readOnly: true }],
    capabilities: ['DAC_READ_SEARCH'],
    network: null,
    secrets: false,
    hostFiles: true,
  };
}
