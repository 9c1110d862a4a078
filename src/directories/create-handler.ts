import Value from 'typebox/value';
import { reaches, scopeOf } from '../access/roles.ts';
import { type Failure, fail, isFailure } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import { type HelperOutcome, runHelper } from '../jobs/helper-run.ts';
import type { JobResult } from '../jobs/model.ts';
import { type FolderReport, folderHelper, readFolderReport } from './make-folders.ts';
import { DirectoriesInput } from './model.ts';
import { requireAllowedRoot } from './roots.ts';

/** Makes the folders of a project on a host. */
export const createDirectoriesHandler: JobHandler = {
  locks({ host, input }) {
    const { root, project } = Value.Parse(DirectoriesInput, input);
    return [{ resource: `directories/${host}${root}/${project}`, slots: 1 }];
  },
  authorize(actor, { project }) {
    if (!reaches(scopeOf(actor, 'administer'), project))
      throw fail(
        'forbidden',
        `${actor.subject} may not "administer" project "${project}" any more; the job was not started.`,
      );
  },
  run: createDirectories,
};

async function createDirectories(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const input = Value.Parse(DirectoriesInput, job.input);
  // The setting may be another one than when the job was asked for.
  requireAllowedRoot(input.root, job.ports.config.allowedRoots);
  const lines: string[] = [];
  const { exitCode, complaints } = await makeFolders(job, input, lines);
  const { made, kept, refusal } = readFolderReport(lines);
  if (refusal !== null) throw refused(refusal, input.root, complaints);
  if (exitCode !== 0) throw fail('helper_failed', `The folders could not be made: ${lastOf(complaints)}`);
  for (const path of kept) await job.log('info', `${path} was there and keeps its owner and mode.`);
  return { directories: [...made, ...kept].sort(), seconds: (Date.now() - startedAt) / 1000 };
}

async function makeFolders(job: RunningJob, input: DirectoriesInput, lines: string[]): Promise<HelperOutcome> {
  const onLine = ({ stream, text }: { stream: string; text: string }) => {
    if (stream === 'stdout') lines.push(text);
  };
  try {
    const engine = job.ports.engines.get(job.host);
    return await runHelper(engine, job, { step: 'directories', spec: folderHelper(input), secrets: null, onLine });
  } catch (error) {
    throw rootFailure(error, input.root);
  }
}

/** The engine binds nothing that is not there, and no file where a folder belongs; it has one code for all that it refuses. */
function rootFailure(error: unknown, root: string): unknown {
  if (!isFailure(error, 'engine_error')) return error;
  if (/bind source path does not exist/.test(error.message))
    return fail(
      'folder_missing',
      `The allowed root "${root}" is not on the host; make it first: nothing is made in its place.`,
    );
  if (/not a directory/i.test(error.message)) return fail('folder_blocked', `The allowed root "${root}" is no folder.`);
  return error;
}

function refused(
  { kind, path }: NonNullable<FolderReport['refusal']>,
  root: string,
  complaints: readonly string[],
): Failure {
  switch (kind) {
    case 'escapes':
      return fail(
        'folder_escapes',
        path === root
          ? `"${root}" is reached through a link; name the folder that it leads to in STOWAGE_ALLOWED_ROOTS, if that is meant.`
          : `"${path}" is a link, or was replaced by one meanwhile; nothing was made behind it.`,
      );
    case 'blocked':
      return fail('folder_blocked', `"${path}" is there and is no folder; move it away.`);
    case 'failed':
      return fail('helper_failed', `"${path}" could not be made: ${lastOf(complaints)}`);
  }
}

function lastOf(complaints: readonly string[]): string {
  return complaints.at(-1) ?? 'the helper gave no reason.';
}
