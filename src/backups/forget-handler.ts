import Value from 'typebox/value';
import type { Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import { whileAlone } from '../jobs/locks.ts';
import type { JobResult } from '../jobs/model.ts';
import { openRepository, readyRepository, repositoryLock, runRestic } from '../repositories/read.ts';
import { forgetCommand } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import { refuseHeld, removeSnapshot } from '../snapshots/read.ts';
import { deletedVolumeWith } from './deleted-volumes.ts';
import { ForgetInput } from './job-input.ts';
import { allowedFor, snapshotLock } from './job-rules.ts';
import { forgetStep, noteLeaving, settleForgotten } from './settle-forgotten.ts';

/** restic's exit code when something could not be removed. */
const notRemovedExit = 3;

/** Takes a snapshot off the list of its repository, and out of the catalogue. */
export const forgetHandler: JobHandler = {
  locks(job) {
    const { snapshot, repositoryId } = Value.Parse(ForgetInput, job.input);
    return [repositoryLock(job, repositoryId), snapshotLock(snapshot)];
  },
  authorize: allowedFor('administer'),
  run: forget,
};

async function forget(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { snapshot, repositoryId } = Value.Parse(ForgetInput, job.input);
  const isAlone = await whileAlone(job.ports.db, job.id, snapshotLock(snapshot), async () => {
    if ((await settleForgotten(job, repositoryId)).includes(snapshot)) return;
    await refuseNeeded(job.ports.db, snapshot);
    await forgetInRepository(job, repositoryId, [snapshot]);
    await removeSnapshot(job.ports.db, snapshot);
  });
  if (!isAlone)
    throw fail('snapshot_in_use', `Another job reads snapshot ${snapshot.slice(0, 8)}; delete it once that has ended.`);
  return { removed: [`snapshot/${snapshot}`], seconds: (Date.now() - startedAt) / 1000 };
}

/** Takes snapshots off the list of their repository, but not out of the catalogue. Throws `repository_append_only` and what {@link exitFailure} makes. */
export async function forgetInRepository(
  job: RunningJob,
  repositoryId: string,
  snapshots: readonly string[],
): Promise<void> {
  const engine = job.ports.engines.get(job.host);
  const opened = await openRepository(job.ports, repositoryId);
  if (opened.appendOnly) throw appendOnly(opened.name);
  const repository = await readyRepository(engine, job, opened);
  await noteLeaving(job, snapshots);
  const { exitCode, complaints } = await runRestic(engine, job, repository, {
    step: forgetStep,
    command: forgetCommand(snapshots),
    capabilities: [],
    mounts: [],
    onMessage: () => undefined,
  });
  if (exitCode === notRemovedExit) throw appendOnly(repository.name);
  if (exitCode !== 0) throw exitFailure('forget', exitCode, complaints);
}

/** The failure for a repository from which nothing can be removed. */
export function appendOnly(repository: string) {
  return fail(
    'repository_append_only',
    `Nothing can be removed from repository "${repository}"; the snapshot stays. Such a repository is declared with \`appendOnly\`.`,
  );
}

/** Throws `snapshot_held`, and `snapshot_in_use` while a deleted volume can be brought back from the snapshot only. */
export async function refuseNeeded(db: Reader, snapshot: string): Promise<void> {
  await refuseHeld(db, snapshot);
  const volume = await deletedVolumeWith(db, snapshot);
  if (volume !== null)
    throw fail(
      'snapshot_in_use',
      `The deleted volume "${volume.name}" can be brought back from this snapshot until ${volume.expiresAt}.`,
    );
}
