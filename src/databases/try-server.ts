import { readFileSync } from 'node:fs';
import type { Engine } from '../engine/engine.ts';
import type { HelperMount, HelperSpec } from '../engine/helper.ts';
import { fail, isFailure } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { dropPhantom, prepareHelper, runHelper } from '../jobs/helper-run.ts';
import { reportEntries } from '../jobs/read.ts';
import type { DatabaseEngine } from '../snapshots/model.ts';
import { restoreScript } from './scripts.ts';
import { settingsOf } from './start-settings.ts';
import { createSurvey, type Survey } from './survey.ts';

/** A server that can be started on what came back from a snapshot. */
export interface Trial {
  readonly engine: DatabaseEngine;
  readonly image: string;
  readonly imageId: string;
  /** Where it finds the volume. */
  readonly mountedAt: string;
  readonly subpath: string | null;
  readonly data: string;
  readonly account: string | null;
  readonly settings: readonly string[];
  /** The file at the root of the volume that it is to read; null: the volume holds its data. */
  readonly dump: { readonly file: string; readonly database: string | null } | null;
  readonly memoryBytes: number;
}

/** How a trial went, when it did not fail. */
export type TriedServer = Survey | { readonly untriedWhy: string };

/** Exit code of the script where the image lacks what the trial needs: it says nothing of the data. */
const cannotExit = 65;
const linesTold = 10;
const script = readFileSync(new URL('./serve.sh', import.meta.url), 'utf8');

/** What makes the folder of a dump, becomes the owner of the data, and reads it until then. */
const capabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETUID', 'SETGID'];

/**
 * Starts the server of a trial on what a volume holds, by its own program, without network, and asks it what it holds. Attaches to the one
 * that a dead worker of this attempt has started. Throws `restored_database_unusable` with the end of the server's log, and
 * `helper_interrupted` when somebody killed it.
 */
export async function tryServer(engine: Engine, job: RunningJob, volume: string, trial: Trial): Promise<TriedServer> {
  const { step, spec } = await stepOf(engine, volume, trial);
  const survey = createSurvey();
  let lines = 0;
  const onLine = (line: Parameters<typeof survey.read>[0]) => {
    survey.read(line);
    // That there is a line at all is what keeps the job alive.
    reportEntries(job, step, ++lines);
  };
  try {
    await prepareHelper(engine, job, { step, spec });
    const gone = await dropPhantom(engine, job, { step, spec });
    if (gone !== null) throw fail('helper_interrupted', `Volume "${gone}" was removed while a server was to be tried.`);
    const { exitCode, complaints } = await runHelper(engine, job, { step, spec, secrets: null, onLine });
    return outcomeOf(trial, survey.result(), exitCode, complaints);
  } catch (error) {
    // Of an image without a shell, or one that went just now.
    if (isFailure(error, 'engine_error') || isFailure(error, 'image_not_found')) return { untriedWhy: error.message };
    throw error;
  }
}

function outcomeOf(
  { engine, image }: Trial,
  survey: Survey,
  exitCode: number,
  complaints: readonly string[],
): TriedServer {
  const words = complaints.slice(-linesTold).join('; ').slice(-1500);
  if (exitCode === cannotExit) return { untriedWhy: `A server of ${image} could not be tried: ${words}` };
  if (exitCode > 128)
    throw fail(
      'helper_interrupted',
      'The server that was tried was killed, or has used up its memory; the next attempt starts anew.',
    );
  if (exitCode !== 0 || survey.seconds === null)
    throw fail(
      'restored_database_unusable',
      `The files came back, and a server of ${image} (${engine}) cannot work with them: ${words || `it ended with ${exitCode}`}`,
    );
  return survey;
}

async function stepOf(
  engine: Engine,
  volume: string,
  { mountedAt, subpath, dump, memoryBytes, imageId, ...trial }: Trial,
): Promise<{ step: string; spec: Omit<HelperSpec, 'name' | 'labels'> }> {
  const part = subpath === null ? {} : { subpath };
  const mount: HelperMount = { type: 'volume', source: volume, target: mountedAt, readOnly: false, ...part };
  const defaults = await engine.imageDefaults(imageId);
  const environment = {
    STOWAGE_SERVE: script,
    STOWAGE_RESTORE: dump === null ? '' : restoreScript(trial.engine),
    STOWAGE_KIND: trial.engine,
    STOWAGE_MOUNT: mountedAt,
    STOWAGE_DATA: trial.data,
    STOWAGE_ACCOUNT: trial.account ?? '',
    STOWAGE_DUMP: dump === null ? '' : `${mountedAt}/${dump.file}`,
    STOWAGE_DATABASE: dump?.database ?? '',
  };
  const spec = {
    // A tag in a repository may say anything, so they are chosen once more.
    command: ['sh', '-c', script, 'stowage', 'begin', ...settingsOf(trial.engine, trial.settings)],
    environment,
    mounts: [mount],
    capabilities,
    network: null,
    secrets: false,
    foreign: { image: imageId, volumes: defaults?.volumes ?? [], memoryBytes },
  };
  return { step: 'serve', spec };
}
