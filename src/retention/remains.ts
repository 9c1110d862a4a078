import type { Config } from '../config.ts';
import type { Reader } from '../database/client.ts';
import { loadPlan, loadPlansOfRemains, type Owner } from './load-plan.ts';
import type { RetentionPlan } from './model.ts';

/**
 * What is left of volumes that are gone (or of another project by now), of what was made for safety: by host, name and
 * project, the first so many after that one. Of one whose last run has not ended nothing is asked again. One statement.
 */
export async function listRemains(
  db: Reader,
  hosts: readonly string[],
  after: Owner | undefined,
  limit: number,
): Promise<Owner[]> {
  const { host = '', name = '', project = null } = after ?? {};
  return await db.$queryRaw<Owner[]>`
    select s.host, s.volume as name, s.project from snapshots s
    where s.volume is not null and s.host = any(${[...hosts]}::text[])
      and s.reason in ('before_delete', 'before_restore', 'first_pass')
      and (s.host, s.volume, coalesce(s.project, '')) > (${host}, ${name}, ${project ?? ''})
      and not exists (select from volumes v where v.host = s.host and v.name = s.volume and v.project is not distinct from s.project)
      and not exists (select from jobs j where j.kind = 'snapshots_expire' and j.state in ('queued', 'running')
        and j.volume = s.volume and j.input->>'volumeHost' = s.host)
    group by s.host, s.volume, s.project order by s.host, s.volume, coalesce(s.project, '') limit ${limit}`;
}

/** The plan for the snapshots of this volume and project, whether it is there or gone. */
export async function planFor(
  db: Reader,
  config: Pick<Config, 'undeleteHours'>,
  owner: Owner,
): Promise<RetentionPlan | null> {
  const there = await loadPlan(db, config, owner.host, owner.name);
  if (there !== null && there.volume.project === owner.project) return there.plan;
  const [left] = await loadPlansOfRemains(db, config, [owner]);
  return left?.plan ?? null;
}
