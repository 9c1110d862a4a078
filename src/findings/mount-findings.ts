import { Prisma } from '../database/client.ts';
import { type FindingRow, toFinding } from './finding-row.ts';
import type { Finding } from './model.ts';

type TimeColumn = 'openedAt' | 'seenAt' | 'acknowledgedAt' | 'acknowledgedUntil';

/** A finding as JSON has it: times in milliseconds since 1970. */
export type FindingJson = Omit<FindingRow, TimeColumn | 'resolvedAt' | 'subject' | 'activeKey' | 'state'> & {
  readonly [column in TimeColumn]: number | null;
};

/** A column of instants as a number; `column` is a name in the source, never a value. */
const milliseconds = (column: string) => Prisma.raw(`extract(epoch from ${column}) * 1000`);

/** The findings about the mount `m` that are not resolved, newest first: a column of {@link FindingJson}, in JSON that PostgreSQL writes. */
export const findingsOfMount = Prisma.sql`(
  select coalesce(json_agg(json_build_object('id', f.id, 'hostName', f.host, 'rule', f.rule, 'severity', f.severity,
    'volumeName', f.volume, 'containerId', f.container_id, 'containerName', f.container_name, 'target', f.target,
    'project', f.project, 'detail', f.detail, 'evidence', f.evidence, 'version', f.version,
    'openedAt', ${milliseconds('f.opened_at')}, 'seenAt', ${milliseconds('f.seen_at')},
    'acknowledgedBy', f.acknowledged_by, 'acknowledgedReason', f.acknowledged_reason,
    'acknowledgedAt', ${milliseconds('f.acknowledged_at')}, 'acknowledgedUntil', ${milliseconds('f.acknowledged_until')}
  ) order by f.opened_at desc, f.id desc), '[]')
  from findings f
  where f.host = m.host and f.container_id = m.container_id and f.target = m.target and f.active_key is not null)`;

/** What {@link findingsOfMount} read, as the API shows it. */
export function findingsFromJson(findings: readonly FindingJson[], now = new Date()): Finding[] {
  return findings.map((finding) => toFinding({ ...finding, ...timesOf(finding), resolvedAt: null }, now));
}

function timesOf({ openedAt, seenAt, acknowledgedAt, acknowledgedUntil }: FindingJson) {
  return {
    openedAt: new Date(openedAt ?? 0),
    seenAt: new Date(seenAt ?? 0),
    acknowledgedAt: instantOrNull(acknowledgedAt),
    acknowledgedUntil: instantOrNull(acknowledgedUntil),
  };
}

function instantOrNull(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}
