import type { Ports } from '../context.ts';
import type { Reader } from '../database/client.ts';
import { repeatAlone } from '../repeat-alone.ts';
import { nextRun } from '../schedule.ts';
import { systemCall } from '../system-call.ts';
import { enqueueRepositoryJob } from './repository-job.ts';

const lookSeconds = 30;

/**
 * Asks for the pruning of each repository when the schedule says so, until the signal aborts: of times that were missed one is
 * caught up. Whichever replica comes first asks.
 */
export async function keepPruned(ports: Ports, signal: AbortSignal): Promise<void> {
  if (ports.config.pruneSchedule === null) return;
  await repeatAlone(
    ports,
    { lock: 'repository-prunes', seconds: lookSeconds, complaint: 'repositories could not be pruned' },
    () => askWhereDue(ports),
    signal,
  );
}

async function askWhereDue(ports: Ports): Promise<void> {
  const { pruneSchedule } = ports.config;
  if (pruneSchedule === null) return;
  const now = new Date();
  for (const { id, since } of await prunable(ports.db)) {
    const due = nextRun(pruneSchedule, since);
    if (due === null || due > now) continue;
    await enqueueRepositoryJob(systemCall(ports), 'repository_prune', { repository: id }).catch((error: unknown) =>
      ports.log.warn({ err: error, repository: id }, 'a repository could not be pruned'),
    );
  }
}

/** Repositories that things can be removed from, with when they were pruned last (or first used), unless that is under way. */
async function prunable(db: Reader): Promise<{ id: string; since: Date }[]> {
  return await db.$queryRaw`
    select r.id::text as id, greatest(coalesce(r.initialized_at, r.created_at), max(j.created_at)) as since
    from repositories r
    left join jobs j on j.kind = 'repository_prune' and j.input->>'repositoryId' = r.id::text
    where r.state = 'ready' and not r.read_only and not r.append_only
    group by r.id having not coalesce(bool_or(j.state in ('queued', 'running')), false)`;
}
