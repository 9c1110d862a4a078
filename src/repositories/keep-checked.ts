import type { Ports } from '../context.ts';
import type { Reader } from '../database/client.ts';
import { repeatAlone } from '../repeat-alone.ts';
import { systemCall } from '../system-call.ts';
import { enqueueRepositoryJob } from './repository-job.ts';

const lookSeconds = 30;

/**
 * Asks for a check of each repository whose last one is `checks.seconds` ago (or, of one that has none, its first use), until
 * the signal aborts: of many that were missed one is caught up. Whichever replica comes first asks.
 */
export async function keepChecked(ports: Ports, signal: AbortSignal): Promise<void> {
  const { seconds } = ports.config.checks;
  if (seconds === 0) return;
  await repeatAlone(
    ports,
    {
      lock: 'repository-checks',
      seconds: Math.min(lookSeconds, seconds),
      complaint: 'checks of repositories could not be asked for',
    },
    () => askWhereDue(ports),
    signal,
  );
}

async function askWhereDue(ports: Ports): Promise<void> {
  const { seconds, parts } = ports.config.checks;
  for (const repository of await repositoriesToCheck(ports.db, seconds))
    await enqueueRepositoryJob(systemCall(ports), 'repository_check', { repository }, { parts }).catch(
      (error: unknown) => ports.log.warn({ err: error, repository }, 'a check could not be asked for'),
    );
}

/** Ids of those that were used `seconds` ago, without a check that was asked for since. */
async function repositoriesToCheck(db: Reader, seconds: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select id::text as id from repositories
    where state = 'ready' and coalesce(initialized_at, created_at) <= now() - make_interval(secs => ${seconds})
      and not exists (
        select from jobs where jobs.kind = 'repository_check' and jobs.input->>'repositoryId' = repositories.id::text
          and (jobs.created_at > now() - make_interval(secs => ${seconds}) or jobs.state in ('queued', 'running')))`;
  return rows.map(({ id }) => id);
}
