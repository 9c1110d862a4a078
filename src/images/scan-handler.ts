import { addAbortSignal } from 'node:stream';
import Value from 'typebox/value';
import { reaches, scopeOf } from '../access/roles.ts';
import type { Engine } from '../engine/engine.ts';
import { type Failure, fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import { prepareHelper, removeHelpersOf } from '../jobs/helper-run.ts';
import type { JobResult } from '../jobs/model.ts';
import { reportEntries } from '../jobs/read.ts';
import { object, type Static, T } from '../schema.ts';
import type { GroupedChanges } from './change-groups.ts';
import { replaceChanges } from './change-store.ts';
import { groupChanges } from './scan-changes.ts';
import { listingHelper, readListing, type WritableFile } from './writable-files.ts';

/** What a scan is asked with, as written down on the job. */
export const ScanInput = object({ container: T.String(), name: T.String() });
type ScanInput = Static<typeof ScanInput>;

/** Finds out what a container has changed in its file system, and how much that takes. */
export const scanHandler: JobHandler = {
  locks: ({ host, input }) => [
    { resource: `container-scan/${host}/${Value.Parse(ScanInput, input).container}`, slots: 1 },
  ],
  authorize(actor, { project, input }) {
    if (!reaches(scopeOf(actor, 'operate'), project))
      throw fail(
        'forbidden',
        `${actor.subject} may not "operate" on container "${Value.Parse(ScanInput, input).name}" any more; the job was not started.`,
      );
  },
  run: scan,
};

async function scan(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const input = Value.Parse(ScanInput, job.input);
  const engine = job.ports.engines.get(job.host);
  const groups = await lookAt(engine, job, input);
  if (!(await replaceChanges(job.ports.db, job.host, input.container, groups))) throw containerGone(job, input);
  const entries = groups.reduce((total, group) => total + group.entries, 0);
  return { entries, seconds: (Date.now() - startedAt) / 1000 };
}

async function lookAt(engine: Engine, job: RunningJob, input: ScanInput): Promise<GroupedChanges[]> {
  const container = await engine.findContainer(input.container);
  const place = await engine.containerPlace(input.container);
  const changes = await engine.containerChanges(input.container, job.signal);
  if (container === null || place === null || changes === null) throw containerGone(job, input);
  if (place.writableFolder === null)
    await job.log('info', 'The storage driver of the host keeps no folder of a container alone; nothing is sized.');
  try {
    return await groupChanges({
      changes,
      files: place.writableFolder === null ? null : filesOf(engine, job, place.writableFolder),
      mountPoints: container.mounts.map(({ target }) => target),
      onProgress: (entries) => reportEntries(job, 'changes', entries),
    });
  } catch (error) {
    // With the container its folder is gone in the middle of the list.
    if (!job.signal.aborted && (await engine.findContainer(input.container)) === null) throw containerGone(job, input);
    throw error;
  }
}

/** The output of a helper cannot be read twice, so one that a dead worker made is replaced. */
async function* filesOf(engine: Engine, job: RunningJob, folder: string): AsyncGenerator<WritableFile> {
  if (job.takenOver) await removeHelpersOf(job.ports, job.host, job.id);
  const id = await prepareHelper(engine, job, { step: 'changes', spec: listingHelper(folder) });
  job.signal.throwIfAborted();
  yield* readListing(addAbortSignal(job.signal, await engine.streamHelper(id, null)));
}

function containerGone({ host }: RunningJob, { name }: ScanInput): Failure {
  return fail('container_not_found', `Container "${name}" is not on host "${host}" any more; nothing was scanned.`);
}
