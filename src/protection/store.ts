import type { Reader } from '../database/client.ts';
import type { ProtectionFacts } from './judge-protection.ts';

interface BackupRow {
  readonly address: string;
  readonly snapshot: string;
  readonly repositoryId: string;
  readonly takenAt: Date;
}

/** The newest good snapshot of each of these volumes (`host/name`) that was made of it in its project, whatever the repository. One statement. */
export async function lastBackups(
  db: Reader,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, NonNullable<ProtectionFacts['lastBackup']>>> {
  const rows = await db.$queryRaw<BackupRow[]>`
    select wanted.address, s.id as snapshot, s.repository_id::text as "repositoryId", s.taken_at as "takenAt"
    from unnest(${[...addresses]}::text[]) as wanted(address)
    join volumes v on v.host = split_part(wanted.address, '/', 1) and v.name = split_part(wanted.address, '/', 2)
    cross join lateral (
      select * from snapshots s where s.host = v.host and s.volume = v.name and s.state = 'good' and s.reason <> 'first_pass' and s.project is not distinct from v.project
      order by s.taken_at desc, s.original_id nulls first, s.id limit 1
    ) s`;
  return new Map(rows.map(({ address, ...backup }) => [address, backup]));
}

interface FailureRow {
  readonly address: string;
  readonly job: string;
  readonly finishedAt: Date;
  readonly code: string;
  readonly detail: string;
}

/** The newest backup job of each of these volumes (`host/name`) that has ended, where it failed. One statement. */
export async function lastFailures(
  db: Reader,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, NonNullable<ProtectionFacts['lastFailure']>>> {
  const rows = await db.$queryRaw<FailureRow[]>`
    select wanted.address, j.id::text as job, j.finished_at as "finishedAt", coalesce(j.error_code, '') as code,
      coalesce(j.error_detail, '') as detail
    from unnest(${[...addresses]}::text[]) as wanted(address)
    join volumes v on v.host = split_part(wanted.address, '/', 1) and v.name = split_part(wanted.address, '/', 2)
    cross join lateral (
      select * from jobs where jobs.host = v.host and state in ('succeeded', 'failed')
        and ((kind = 'volume_backup' and jobs.volume = v.name and jobs.project is not distinct from v.project)
          or (kind = 'group_backup' and input->'volumes' @> jsonb_build_array(jsonb_build_object('name', v.name, 'project', v.project))))
      order by created_at desc, id desc limit 1
    ) j where j.state = 'failed' and j.finished_at is not null`;
  return new Map(
    rows.map(({ address, job, finishedAt, code, detail }) => [
      address,
      { job, finishedAt: finishedAt.toISOString(), error: { code, detail } },
    ]),
  );
}
