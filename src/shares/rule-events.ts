import type { Transaction } from '../database/client.ts';
import { recordEvent } from '../events/read.ts';
import { subjectText } from './decide.ts';
import { type RuleAction, type RuleRow, toAccessRule } from './rule-row.ts';

const typeOf = {
  requested: 'stowage.share.requested',
  granted: 'stowage.share.granted',
  approved: 'stowage.share.granted',
  denied: 'stowage.share.denied',
  revoked: 'stowage.share.revoked',
  expired: 'stowage.share.expired',
} as const satisfies Record<RuleAction, string>;

/** Something that became of a rule. */
export interface RuleStep {
  readonly action: RuleAction;
  readonly actor: string;
  readonly reason: string | null;
  readonly at: Date;
}

/** Records that something became of a rule, for who reaches the project of its share. Takes the transaction of the change. */
export async function recordRuleEvent(
  transaction: Transaction,
  row: RuleRow,
  { action, actor, reason, at }: RuleStep,
): Promise<void> {
  const { share, id } = row;
  const { access, subject } = toAccessRule(row);
  await recordEvent(transaction, {
    type: typeOf[action],
    subject: `shares/${share.name}/rules/${id}`,
    project: share.project,
    host: share.hostName,
    volume: share.volumeName,
    data: { share: share.name, rule: id, access, subject: subjectText(subject), actor, reason },
    at,
  });
}
