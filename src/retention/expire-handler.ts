import Value from 'typebox/value';
import { allowedFor, forgetInRepository, settleForgotten, snapshotLock, volumeOf } from '../backups/read.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import { whileAloneWith } from '../jobs/locks.ts';
import type { JobResult } from '../jobs/model.ts';
import { repositoryLock } from '../repositories/read.ts';
import { object, T } from '../schema.ts';
import { removeSnapshot } from '../snapshots/read.ts';
import { planFor } from './remains.ts';

/** `volumeHost`: that of the volume; the job runs on the one whose helper reaches the repository. */
export const ExpireInput = object({
  repositoryId: T.String(),
  snapshots: T.Array(T.String()),
  volumeHost: T.String(),
});

/** Takes the snapshots of a volume that retention does not keep off the list of a repository. */
export const expireHandler: JobHandler = {
  locks: (job) => [repositoryLock(job, Value.Parse(ExpireInput, job.input).repositoryId)],
  authorize: allowedFor('administer'),
  run: expire,
};

/** What was to go is judged again: since then a hold may have been put on it, a job may read it, or the volume may have shrunk. */
async function expire(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { repositoryId, snapshots } = Value.Parse(ExpireInput, job.input);
  const wanted = snapshots.map((id) => snapshotLock(id));
  const removed: string[] = [];
  const skipped: string[] = [];
  await whileAloneWith(job.ports.db, job.id, wanted, async (alone) => {
    const gone = await settleForgotten(job, repositoryId);
    removed.push(...gone);
    const leaving = await stillLeaving(job);
    const going: string[] = [];
    for (const id of snapshots.filter((one) => !gone.includes(one))) {
      const why = leaving.get(id) ?? (alone.has(snapshotLock(id).resource) ? null : 'a job reads it');
      if (why === null) going.push(id);
      else skipped.push(`snapshot/${id.slice(0, 8)}: ${why}`);
    }
    if (going.length === 0) return;
    await forgetInRepository(job, repositoryId, going);
    for (const id of going) await removeSnapshot(job.ports.db, id);
    removed.push(...going);
  });
  return {
    removed: removed.map((id) => `snapshot/${id.slice(0, 8)}`),
    skipped,
    seconds: (Date.now() - startedAt) / 1000,
  };
}

/** Why each snapshot of the job stays after all; null for one that goes. */
async function stillLeaving(job: RunningJob): Promise<ReadonlyMap<string, string | null>> {
  const { snapshots, volumeHost } = Value.Parse(ExpireInput, job.input);
  const owner = { host: volumeHost, name: volumeOf(job), project: job.project };
  const plan = await planFor(job.ports.db, job.ports.config, owner);
  const items = new Map(plan?.items.map((item) => [item.snapshot, item]));
  return new Map(
    snapshots.map((id) => {
      const item = items.get(id);
      if (item === undefined) return [id, 'it, or its volume, is not known any more'];
      return [id, item.action === 'remove' ? null : item.why.join(' ')];
    }),
  );
}
