import type { Prisma } from '../database/client.ts';
import { findRule } from './catalogue.ts';
import { readStrings } from './fact-schemas.ts';
import type { Finding, FindingRule, FindingState } from './model.ts';
import { type Rule, type Severity, severities } from './rule.ts';

export type FindingRow = Prisma.FindingGetPayload<object>;

/** What of a row is shown. */
type ShownRow = Omit<FindingRow, 'subject' | 'activeKey' | 'state'>;

/** A finding as the API shows it, as of `now`: an acknowledgement ends by time alone. */
export function toFinding(row: ShownRow, now = new Date()): Finding {
  const { rule: ruleId, containerId, containerName } = row;
  const rule = findRule(ruleId);
  return {
    id: row.id,
    host: row.hostName,
    rule: ruleId,
    severity: severityOf(row.severity),
    // A rule that this release has no more is known by its id alone.
    title: rule?.title ?? ruleId,
    detail: row.detail,
    why: rule?.why ?? '',
    evidence: readStrings(row.evidence) ?? {},
    remedy: rule?.remedy ?? '',
    documentation: documentationOf(ruleId),
    state: stateOf(row, now),
    volume: row.volumeName,
    container: containerId === null ? null : { id: containerId, name: containerName ?? '' },
    target: row.target,
    project: row.project,
    openedAt: row.openedAt.toISOString(),
    seenAt: row.seenAt.toISOString(),
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    acknowledgement: acknowledgementOf(row, now),
    version: row.version,
  };
}

export function toFindingRule({ id, subject, title, severity, why, remedy }: Rule, isOff: boolean): FindingRule {
  return { id, subject, title, severity, why, remedy, documentation: documentationOf(id), isOff };
}

/** These and the worse ones. */
export function atLeast(severity: Severity): Severity[] {
  return severities.slice(0, severities.indexOf(severity) + 1);
}

/** Where a rule is described. */
export function documentationOf(rule: string): string {
  return `/docs/findings#${rule}`;
}

function severityOf(word: string): Severity {
  return severities.find((severity) => severity === word) ?? 'info';
}

function stateOf(row: ShownRow, now: Date): FindingState {
  if (row.resolvedAt !== null) return 'resolved';
  return row.acknowledgedAt === null || isOver(row, now) ? 'open' : 'acknowledged';
}

function acknowledgementOf(row: ShownRow, now: Date): Finding['acknowledgement'] {
  const { acknowledgedBy: by, acknowledgedAt: at, acknowledgedReason: reason, acknowledgedUntil: until } = row;
  if (by === null || at === null || reason === null) return null;
  if (row.resolvedAt === null && isOver(row, now)) return null;
  return { by, at: at.toISOString(), reason, until: until?.toISOString() ?? null };
}

function isOver({ acknowledgedUntil }: ShownRow, now: Date): boolean {
  return acknowledgedUntil !== null && acknowledgedUntil <= now;
}
