import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { enqueueJob, idOf } from '../jobs/read.ts';
import { resolveRepository } from '../repositories/read.ts';
import { hostOf } from '../restic/repository-location.ts';
import type { RetentionPlan, RetentionRun } from './model.ts';

/** How many go in one job; the next run takes the rest. */
const most = 200;

/** Asks for what a plan says, by a job for each repository. */
export async function carryOut(
  context: AdmittedContext,
  { host, volume, items }: RetentionPlan,
  project: string | null,
): Promise<RetentionRun> {
  const leaving = items.filter(({ action }) => action === 'remove');
  const jobs: string[] = [];
  for (const [repositoryId, ofRepository] of Map.groupBy(leaving, (item) => item.repositoryId)) {
    const repository = await resolveRepository(context.ports.db, repositoryId);
    const snapshots = ofRepository.slice(0, most).map(({ snapshot }) => snapshot);
    const job = await enqueueJob(
      { ...context, onceId: idOf(`${context.onceId}/${repositoryId}/${host}/${volume}`) },
      {
        kind: 'snapshots_expire',
        host: hostOf(repository.location) ?? host,
        volume,
        project,
        input: { repositoryId, snapshots, volumeHost: host },
      },
    );
    jobs.push(job.id);
  }
  return { jobs, remove: leaving.length };
}

/** Throws `retention_outdated` when other snapshots would go than the caller has agreed to. */
export function requireAgreed({ items }: RetentionPlan, agreed: readonly string[] | undefined): void {
  if (agreed === undefined) return;
  const known = new Set(agreed);
  const leaving = items.filter(({ action }) => action === 'remove').map(({ snapshot }) => snapshot);
  const surprise = leaving.find((id) => !known.has(id)) ?? agreed.find((id) => !leaving.includes(id));
  if (surprise !== undefined)
    throw fail(
      'retention_outdated',
      `What would go has changed since (snapshot ${surprise.slice(0, 8)}); look at the plan again.`,
    );
}
