import { createHash } from 'node:crypto';
import type { Actor } from '../access/roles.ts';
import { type Database, isTaken, type Prisma, type Reader, type Transaction } from '../database/client.ts';
import { orGone, withParent } from '../database/with-parent.ts';
import { fail } from '../errors.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { type AccessRule, type RuleState, type RuleSubject, subjectText } from './decide.ts';
import type { ShareRule } from './model.ts';
import { type RuleStep, recordRuleEvent } from './rule-events.ts';
import { withHistory as include, type RuleAction, type RuleRow, toRule } from './rule-row.ts';
import { rulesShownTo } from './shown-shares.ts';

export interface NewRule {
  readonly id: string;
  readonly share: { readonly id: string; readonly name: string };
  readonly subject: RuleSubject;
  readonly access: AccessRule['access'];
  readonly acrossEnvironments: boolean;
  readonly state: 'requested' | 'active';
  readonly expiresAt: Date | null;
  readonly reason: string | null;
  readonly createdBy: string;
}

/** Writes a rule down; a repeated call finds it. Throws `share_rule_exists` while another one for the subject is requested or active. */
export async function createRule(db: Database, { share, subject, ...rule }: NewRule): Promise<ShareRule> {
  const known = await db.shareRule.findUnique({ where: { id: rule.id }, include });
  if (known !== null) return toRule(known, new Date());
  const { kind, value, project } = subject;
  const data = {
    ...rule,
    shareId: share.id,
    subjectKind: kind,
    subjectValue: value,
    subjectProject: project,
    activeKey: createHash('sha256')
      .update(JSON.stringify([share.id, kind, value, project]))
      .digest('hex'),
  };
  const step: RuleStep = {
    action: rule.state === 'active' ? 'granted' : 'requested',
    actor: rule.createdBy,
    reason: rule.reason,
    at: new Date(),
  };
  try {
    const row = await db.$transaction(async (transaction) => {
      await expireRules(transaction, { shareId: share.id });
      const { id } = await transaction.shareRule.create({ data });
      return await takeStep(transaction, id, step);
    });
    return toRule(row, new Date());
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw fail(
      'share_rule_exists',
      `The share "${share.name}" has a rule for ${subjectText(subject)} that is requested or active; decide on it, or revoke it first.`,
    );
  }
}

/** A rule of a share, whatever its state; null when the share has no such rule. */
export async function findRule(db: Reader, share: string, id: string): Promise<RuleRow | null> {
  return orGone(await db.shareRule.findFirst({ where: { id, share: { name: share } }, include }), 'share');
}

/** The project of the share of a rule, or null when the share has no such rule. With one statement, whether it is there or not: who may not see it must not tell the two apart by the time that it takes. */
export function projectOfRule(db: Reader, share: string, id: string): Promise<{ project: string | null } | null> {
  return db.share.findFirst({ where: { name: share, rules: { some: { id } } }, select: { project: true } });
}

export async function isRuleShownTo(db: Reader, actor: Actor, id: string): Promise<boolean> {
  return (await db.shareRule.count({ where: { AND: [{ id }, rulesShownTo(actor)] } })) > 0;
}

/** The rules of a share that the caller may see, newest first; of one state, when it is given. */
export async function listRules(
  db: Reader,
  actor: Actor,
  share: string,
  state: RuleState | undefined,
  limit: number,
  cursor?: string,
): Promise<Page<ShareRule>> {
  const now = new Date();
  const rows = await db.shareRule.findMany({
    where: {
      AND: [
        { share: { name: share } },
        rulesShownTo(actor),
        state === undefined ? {} : inState(state, now),
        olderThan(cursor),
      ],
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include,
    take: limit + 1,
  });
  return toPage(
    withParent(rows, 'share'),
    limit,
    ({ createdAt, id }) => [createdAt.toISOString(), id],
    (row) => toRule(row, now),
  );
}

/** The newest `each` rules of each of these shares that the caller may see. Two statements. */
export async function newestRulesOf(
  db: Database,
  actor: Actor,
  shares: readonly string[],
  each: number,
): Promise<ShareRule[]> {
  const now = new Date();
  const ids = await db.$queryRaw<{ id: string }[]>`
    select rule.id::text as id from shares
    cross join lateral (
      select id from share_rules where share_id = shares.id order by created_at desc, id desc limit ${each}
    ) rule
    where shares.name = any(${[...shares]}::text[])`;
  const rows = await db.shareRule.findMany({
    where: { AND: [{ id: { in: ids.map(({ id }) => id) } }, rulesShownTo(actor)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include,
  });
  return withParent(rows, 'share').map((row) => toRule(row, now));
}

interface Change {
  readonly from: readonly ('requested' | 'active')[];
  readonly to: 'active' | 'denied' | 'revoked';
  readonly action: RuleAction;
  readonly actor: string;
  readonly reason: string | null;
  /** What else is written with it. */
  readonly data?: Pick<Prisma.ShareRuleUpdateManyMutationInput, 'access' | 'expiresAt' | 'acrossEnvironments'>;
}

/** Takes a rule to another state. Throws `share_rule_closed` when it is not in one of the states that this starts from, at this time. */
export async function changeRule(db: Database, row: RuleRow, change: Change): Promise<ShareRule> {
  const now = new Date();
  const { id } = row;
  const isOver = change.to !== 'active';
  const changed = await db.$transaction(async (transaction) => {
    const { count } = await transaction.shareRule.updateMany({
      where: { id, state: { in: [...change.from] }, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      data: {
        ...change.data,
        state: change.to,
        ...(isOver ? { activeKey: null } : {}),
        version: { increment: 1 },
      },
    });
    if (count === 0) return null;
    const { action, actor, reason } = change;
    return await takeStep(transaction, id, { action, actor, reason, at: now });
  });
  if (changed !== null) return toRule(changed, now);
  const current = orGone(await db.shareRule.findUnique({ where: { id }, include }), 'share');
  throw fail(
    'share_rule_closed',
    `The rule is ${current === null ? 'gone' : toRule(current, now).state}; only one that is ${change.from.join(' or ')} can be ${change.action}.`,
  );
}

/** Writes down that the time of rules is over. Gives the hosts of their shares. */
export async function expireRules(
  transaction: Transaction,
  where: Pick<Prisma.ShareRuleWhereInput, 'shareId'> = {},
): Promise<string[]> {
  const expired = await transaction.shareRule.updateManyAndReturn({
    where: { ...where, state: { in: ['requested', 'active'] }, expiresAt: { lte: new Date() } },
    data: { state: 'expired', activeKey: null, version: { increment: 1 } },
    select: { id: true, expiresAt: true },
  });
  const hosts = new Set<string>();
  for (const { id, expiresAt } of expired) {
    const at = expiresAt ?? new Date();
    const { share } = await takeStep(transaction, id, { action: 'expired', actor: 'system', reason: null, at });
    hosts.add(share.hostName);
  }
  return [...hosts];
}

/** Writes down what became of a rule, in its history and as an event. Gives the rule as it is then. */
async function takeStep(transaction: Transaction, ruleId: string, step: RuleStep): Promise<RuleRow> {
  await transaction.shareRuleEvent.create({ data: { ruleId, ...step } });
  const row = await transaction.shareRule.findUniqueOrThrow({ where: { id: ruleId }, include });
  await recordRuleEvent(transaction, row, step);
  return row;
}

function inState(state: RuleState, now: Date): Prisma.ShareRuleWhereInput {
  const lasting = { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
  switch (state) {
    case 'requested':
    case 'active':
      return { state, ...lasting };
    case 'expired':
      return { OR: [{ state }, { state: { in: ['requested', 'active'] }, expiresAt: { lte: now } }] };
    case 'revoked':
    case 'denied':
      return { state };
  }
}

function olderThan(cursor: string | undefined): Prisma.ShareRuleWhereInput {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}
