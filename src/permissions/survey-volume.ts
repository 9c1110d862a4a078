import { readFileSync } from 'node:fs';
import type { Engine } from '../engine/engine.ts';
import type { HelperSpec } from '../engine/helper.ts';
import { fail } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { dropPhantom, type HelperStep, prepareHelper, runHelper } from '../jobs/helper-run.ts';
import { reportEntries } from '../jobs/read.ts';
import { type IdMap, parseIdMap } from './id-map.ts';
import { type SurveyReader, surveyReader } from './survey.ts';

const script = readFileSync(new URL('./survey.pl', import.meta.url), 'utf8');

/** Where helpers have the volume. */
export const mountedAt = '/volumes/volume';

/** What of a volume is looked at, and for whom. */
export interface SurveyWish {
  readonly depth: number | null;
  readonly entries: number;
  /** Folders of the volume; empty for its root. */
  readonly folders: readonly string[];
  /** Users whose rights an ACL may decide. */
  readonly users: readonly number[];
}

/** Has a helper look at owners, modes and ACLs in a volume. Throws `volume_not_found` and `helper_failed`. */
export async function surveyVolume(
  engine: Engine,
  job: RunningJob,
  volume: string,
  wish: SurveyWish,
): Promise<SurveyReader> {
  const reader = surveyReader();
  const { remapsUsers } = await engine.info();
  const step: HelperStep = {
    step: 'survey',
    spec: surveyHelper(volume, wish, remapsUsers),
    secrets: null,
    onLine({ stream, text }) {
      if (stream === 'stdout') reader.read(text);
      reportEntries(job, 'survey', reader.seen);
    },
  };
  await prepareHelper(engine, job, step);
  await requireVolume(engine, job, step);
  const { exitCode, complaints } = await runHelper(engine, job, step);
  if (exitCode !== 0)
    throw fail(
      'helper_failed',
      `The helper that looked at volume "${volume}" ended with ${exitCode}: ${complaints.at(-1) ?? 'it said nothing'}`,
    );
  return reader;
}

/** Throws `volume_not_found` when Docker has just made the volume of a prepared helper; it is removed again. */
export async function requireVolume(
  engine: Engine,
  job: RunningJob,
  step: Pick<HelperStep, 'step' | 'spec'>,
): Promise<void> {
  const phantom = await dropPhantom(engine, job, step);
  if (phantom !== null)
    throw fail('volume_not_found', `Volume "${phantom}" is not on host "${job.host}" any more; nothing was looked at.`);
}

/** Which users of the host those of containers are; null where they are the same. */
export async function idMapOf(engine: Engine, job: RunningJob): Promise<IdMap | null> {
  if (!(await engine.info()).remapsUsers) return null;
  const lines: string[] = [];
  const step: HelperStep = {
    step: 'users',
    spec: {
      command: ['sh', '-c', "sed 's/^/users /' /proc/self/uid_map; sed 's/^/groups /' /proc/self/gid_map"],
      environment: {},
      mounts: [],
      capabilities: [],
      network: null,
      secrets: false,
    },
    secrets: null,
    onLine: ({ text }) => void lines.push(text),
  };
  const { exitCode } = await runHelper(engine, job, step);
  if (exitCode !== 0)
    throw fail('helper_failed', `The helper that asked for the users of containers ended with ${exitCode}.`);
  const of = (word: string) =>
    parseIdMap(lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length)] : [])).join('\n'));
  return { users: of('users'), groups: of('groups') };
}

function surveyHelper(
  volume: string,
  { depth, entries, folders, users }: SurveyWish,
  hostFiles: boolean,
): Omit<HelperSpec, 'name' | 'labels'> {
  const settings = [mountedAt, String(depth ?? -1), String(entries), users.join(',')];
  return {
    command: ['perl', '-e', script, ...settings, ...folders],
    environment: {},
    mounts: [{ type: 'volume', source: volume, target: mountedAt, readOnly: true }],
    capabilities: ['DAC_READ_SEARCH'],
    network: null,
    secrets: false,
    lowPriority: true,
    hostFiles,
  };
}
