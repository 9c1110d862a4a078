import { createHash } from 'node:crypto';
import { type Database, Prisma } from '../database/client.ts';
import { recordEvents } from '../events/read.ts';
import type { FindingSubject, Judged } from './judge.ts';
import { severities } from './rule.ts';

/** What a judgement changed. */
export interface Changes {
  readonly opened: number;
  readonly changed: number;
  readonly resolved: number;
}

/**
 * Makes the findings of a host those that were judged: new ones are opened, those that are still there are seen (and say
 * what is so now), the others are resolved. An acknowledgement whose time is over ends. A fixed number of statements.
 */
export async function writeFindings(db: Database, host: string, judged: readonly Judged[]): Promise<Changes> {
  const now = new Date();
  const ended = await db.$executeRaw(endAcknowledgements(host, now));
  const [counts] = await db.$queryRaw<Changes[]>(writeJudged(host, judged, now));
  await db.$executeRaw(markMounts(host));
  const { opened = 0, changed = 0, resolved = 0 } = counts ?? {};
  return { opened, changed: changed + ended, resolved };
}

/** Findings that were resolved longer ago are not kept. */
export async function forgetResolved(db: Database, host: string, days: number): Promise<void> {
  const resolvedAt = { lt: new Date(Date.now() - days * 86_400_000) };
  await db.finding.deleteMany({ where: { hostName: host, resolvedAt } });
}

/** How many findings of a host are open, by severity. */
export async function countOpen(db: Database, host: string): Promise<ReadonlyMap<string, number>> {
  const groups = await db.finding.groupBy({
    by: ['severity'],
    where: { hostName: host, state: 'open' },
    _count: { _all: true },
  });
  return new Map(groups.map(({ severity, _count }) => [severity, _count._all]));
}

function endAcknowledgements(host: string, now: Date): Prisma.Sql {
  return Prisma.sql`
    update findings set state = 'open', acknowledged_by = null, acknowledged_at = null, acknowledged_reason = null,
      acknowledged_until = null, version = version + 1
    where host = ${host} and active_key is not null and state = 'acknowledged' and acknowledged_until <= ${now}`;
}

/** A finding that is merely still there is written once a minute, not with each judgement. */
function writeJudged(host: string, judged: readonly Judged[], now: Date): Prisma.Sql {
  const rows = JSON.stringify(judged.map((one) => toRow(host, one)));
  return Prisma.sql`
    with seen as materialized (
      select * from jsonb_to_recordset(${rows}::jsonb) as seen(active_key text, rule text, severity text, subject text,
        volume text, container_id text, container_name text, target text, project text, detail text, evidence jsonb)
    ), resolved as (
      update findings set state = 'resolved', resolved_at = ${now}, active_key = null, version = version + 1
      where host = ${host} and active_key is not null and not exists (select from seen where seen.active_key = findings.active_key)
      returning *
    ), updated as (
      update findings as known set severity = seen.severity, container_name = seen.container_name, project = seen.project,
        detail = seen.detail, evidence = seen.evidence, seen_at = ${now},
        version = known.version + (known.severity <> seen.severity)::int
      from seen where known.active_key = seen.active_key
        and ((known.severity, known.container_name, known.project, known.detail, known.evidence)
          is distinct from (seen.severity, seen.container_name, seen.project, seen.detail, seen.evidence)
          or known.seen_at < ${now}::timestamptz - interval '1 minute')
      returning 1
    ), opened as (
      insert into findings (id, host, rule, severity, subject, active_key, volume, container_id, container_name, target, project,
        detail, evidence, opened_at, seen_at)
      select gen_random_uuid(), ${host}, rule, severity, subject, active_key, volume, container_id, container_name, target, project,
        detail, evidence, ${now}, ${now}
      from seen where not exists (select from findings where findings.active_key = seen.active_key)
      on conflict (active_key) do nothing
      returning *
    ), told as (
      ${recordEvents(tellChanges(now))}
    )
    select (select count(*)::int from opened) as opened, (select count(*)::int from updated) as changed,
      (select count(*)::int from resolved) as resolved`;
}

/** The events of what is opened and resolved, in the order in which it was opened. */
function tellChanges(now: Date): Prisma.Sql {
  return Prisma.sql`
    select 'stowage.finding.' || word, 'findings/' || id, project, host, volume,
      jsonb_build_object('finding', id, 'rule', rule, 'severity', severity, 'detail', detail, 'container', container_name, 'target', target)
        || case when word = 'resolved' then jsonb_build_object('openedAt', opened_at) else '{}' end,
      ${now}::timestamptz
    from (select 'resolved' as word, * from resolved union all select 'opened', * from opened) changes order by word desc, opened_at, id`;
}

/** A list of mounts is filtered by this. A mount that the inventory writes at the moment is left to the judgement that follows it. */
function markMounts(host: string): Prisma.Sql {
  const order = Prisma.sql`${[...severities]}::text[]`;
  return Prisma.sql`
    with worst as (
      select container_id, target, (${order})[min(array_position(${order}, severity))] as severity from findings
      where host = ${host} and active_key is not null and target is not null group by container_id, target
    ), stale as (
      select mounts.container_id, mounts.target, worst.severity from mounts
      left join worst on worst.container_id = mounts.container_id and worst.target = mounts.target
      where mounts.host = ${host} and mounts.severity is distinct from worst.severity
      for update of mounts skip locked
    )
    update mounts set severity = stale.severity from stale
    where mounts.host = ${host} and mounts.container_id = stale.container_id and mounts.target = stale.target`;
}

function toRow(host: string, { rule, severity, subject, project, breach }: Judged): object {
  const name = subjectName(subject);
  return {
    // A digest: a path in a container may be longer than what an index takes.
    active_key: createHash('sha256')
      .update(JSON.stringify([host, rule.id, name]))
      .digest('hex'),
    rule: rule.id,
    severity,
    subject: name,
    volume: subject.volume,
    container_id: subject.containerId,
    container_name: subject.containerName,
    target: subject.target,
    project,
    detail: breach.detail,
    evidence: breach.evidence,
  };
}

function subjectName({ kind, volume, containerId, target }: FindingSubject): string {
  switch (kind) {
    case 'host':
      return 'host';
    case 'volume':
      return `volume/${volume}`;
    case 'container':
      return `container/${containerId}`;
    case 'mount':
      return `mount/${containerId}${target}`;
  }
}
