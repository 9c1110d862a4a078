import type { Ports } from '../context.ts';
import { runRequestHelper } from '../engine/request-helper.ts';
import { fail } from '../errors.ts';
import type { PathFacts } from './path-facts.ts';
import { readProbeAnswers } from './probe-answers.ts';
import { hostRoot, probeScript } from './probe-script.ts';

type ProbePorts = Pick<Ports, 'engines' | 'config' | 'log'>;

export interface ProbeOptions {
  /** Longest that a single path may take to answer, and to be counted. */
  readonly pathSeconds?: number;
  /** Longest that the helper may take altogether, for up to a thousand paths; what it had no time for is not in the map. */
  readonly seconds?: number;
  /** False leaves out what takes long: the entries of folders are null then. */
  readonly counts?: boolean;
}

const mostPathsOfHelper = 1000;
/** What a helper is given must fit twice into its tmpfs of 4 MiB. */
const mostBytesOfHelper = 1024 ** 2;

/**
 * Looks at paths of a host, through a helper that sees its root and can only read. The host here is what the engine
 * takes for it: where the engine runs in a container or a virtual machine, the paths are those of its mount namespace.
 *
 * The map has no entry for a path that is relative or has `..` in it, that may not be looked at, or that did not answer
 * in time, such as one in a dead network mount. Throws `host_not_found`, `host_unavailable`, `engine_error`,
 * `helper_image_missing`, `helper_interrupted` and `helper_failed`.
 */
export async function probePaths(
  ports: ProbePorts,
  host: string,
  paths: readonly string[],
  options: ProbeOptions = {},
): Promise<ReadonlyMap<string, PathFacts>> {
  const answered = await lookAtPaths(ports, host, paths, options);
  return new Map([...answered].filter((entry): entry is [string, PathFacts] => entry[1] !== null));
}

/** As {@link probePaths}, with null for what was looked at in vain. */
export async function lookAtPaths(
  ports: ProbePorts,
  host: string,
  paths: readonly string[],
  options: ProbeOptions = {},
): Promise<ReadonlyMap<string, PathFacts | null>> {
  const found = new Map<string, PathFacts | null>();
  for (const batch of batchesOf([...new Set(paths)].filter(isProbed))) {
    const facts = await runProbe(ports, host, batch, options);
    for (const [index, one] of facts) found.set(batch[index] ?? '', one);
  }
  return found;
}

async function runProbe(
  { engines, config, log }: ProbePorts,
  host: string,
  paths: readonly string[],
  { pathSeconds = 3, seconds = 600, counts = true }: ProbeOptions,
) {
  const answers = readProbeAnswers(paths);
  const errors: string[] = [];
  const probe = {
    step: 'probe',
    spec: {
      command: [
        'busybox',
        'sh',
        '-c',
        probeScript,
        'probe',
        String(pathSeconds),
        String(counts ? config.bindFiles : 0),
      ],
      environment: {},
      mounts: [{ type: 'bind' as const, source: '/', target: hostRoot, readOnly: true }],
      capabilities: ['DAC_READ_SEARCH'],
      network: null,
      secrets: true,
      lowPriority: true,
      hostFiles: true,
    },
    secrets: { paths: paths.map((path) => `${escapePath(path)}\n`).join('') },
    seconds,
  };
  try {
    const exitCode = await runRequestHelper(engines.get(host), probe, ({ stream, text }) =>
      stream === 'stdout' ? answers.add(text) : errors.push(text),
    );
    if (exitCode !== 0)
      throw fail('helper_failed', `The helper that looks at paths of ${host} failed: ${errors.join(' ').slice(-500)}`);
  } catch (error) {
    if (!isTimeout(error)) throw error;
    log.warn({ host, paths: paths.length, answered: answers.facts().size }, 'looking at paths of a host took too long');
  }
  return answers.facts();
}

/** What a bind can have as its source, as far as it is beyond doubt which path it means. */
export function isProbed(path: string): boolean {
  return path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..');
}

function* batchesOf(paths: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    const size = escapePath(path).length + 1;
    if (batch.length === mostPathsOfHelper || bytes + size > mostBytesOfHelper) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(path);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** For `printf %b`: whatever a path holds, it is one line of plain characters. */
function escapePath(path: string): string {
  return [...Buffer.from(path)].map(escapeByte).join('');
}

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[\w/.-]/.test(character) ? character : `\\0${byte.toString(8).padStart(3, '0')}`;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
