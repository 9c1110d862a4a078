import Value from 'typebox/value';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { repositoryLock } from '../repositories/read.ts';
import { sharedVolumeNames, volumeShared } from '../shares/read.ts';
import { refreshVolume } from '../volumes/read.ts';
import { DeleteInput } from './job-input.ts';
import { allowedFor, volumeLock, volumeOf } from './job-rules.ts';
import { removeVolume } from './remove-volume.ts';
import type { TakenSnapshot } from './take-snapshot.ts';

const step = 'before_delete';

/** Deletes a volume, after a last snapshot from which it can be brought back. */
export const deleteHandler: JobHandler = {
  locks(job) {
    const { repositoryId } = Value.Parse(DeleteInput, job.input);
    return [
      volumeLock(job.host, volumeOf(job)),
      ...(repositoryId === undefined ? [] : [repositoryLock(job, repositoryId)]),
    ];
  },
  authorize: allowedFor('administer'),
  run: deleteVolume,
};

async function deleteVolume(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const volume = volumeOf(job);
  const { repositoryId = null } = Value.Parse(DeleteInput, job.input);
  const share = (await sharedVolumeNames(job.ports.db, job.host, [volume])).get(volume);
  if (share !== undefined) throw volumeShared(job.host, volume, share);
  const engine = job.ports.engines.get(job.host);
  // Where it is gone already, a worker that died here had removed it, or somebody else has.
  const isThere = (await engine.findVolume(volume)) !== null;
  const taken = isThere ? await removeVolume(engine, job, { volume, repositoryId, deletedId: job.id, step }) : null;
  await refreshVolume(job.ports, job.host, volume);
  return { volume, seconds: (Date.now() - startedAt) / 1000, ...resultOf(job, taken) };
}

function resultOf({ memory }: RunningJob, taken: TakenSnapshot | null): JobResult {
  if (taken !== null) {
    const { id: snapshot, files, bytesRead, bytesAdded } = taken;
    return { snapshot, files, bytesRead, bytesAdded };
  }
  return typeof memory[step] === 'string' ? { snapshot: memory[step] } : {};
}
