import type { Prisma } from '../database/client.ts';
import { type AccessRule, type RuleState, type RuleSubject, stateAt } from './decide.ts';
import type { ShareRule } from './model.ts';

export const withHistory = {
  share: { select: { id: true, name: true, project: true, hostName: true, volumeName: true } },
  history: { orderBy: { id: 'asc' } },
} as const satisfies Prisma.ShareRuleInclude;
export type RuleRow = Prisma.ShareRuleGetPayload<{ include: typeof withHistory }>;
export type RuleAction = ShareRule['history'][number]['action'];

/** A rule as a decision takes it. */
export function toAccessRule({
  id,
  subjectKind,
  subjectValue,
  subjectProject,
  access,
  acrossEnvironments,
  state,
  expiresAt,
}: Prisma.ShareRuleGetPayload<object>): AccessRule {
  // The columns hold only words of the model.
  const subject = { kind: subjectKind as RuleSubject['kind'], value: subjectValue, project: subjectProject };
  return {
    id,
    subject,
    acrossEnvironments,
    expiresAt,
    access: access as AccessRule['access'],
    state: state as RuleState,
  };
}

/** A rule as the API shows it at this time. */
export function toRule(row: RuleRow, now: Date): ShareRule {
  const rule = toAccessRule(row);
  return {
    id: row.id,
    share: row.share.name,
    subject: rule.subject,
    access: rule.access,
    acrossEnvironments: row.acrossEnvironments,
    state: stateAt(rule, now),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    reason: row.reason,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    history: row.history.map(({ at, actor, action, reason }) => ({
      at: at.toISOString(),
      actor,
      action: action as RuleAction,
      reason,
    })),
    version: row.version,
  };
}
