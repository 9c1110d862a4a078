import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { command, query } from '../operation.ts';
import { DateTime, object, paging, type Static, T, Uuid } from '../schema.ts';
import type { RuleSubject } from './decide.ts';
import { judgeAgain } from './judge-again.ts';
import {
  RuleReason,
  ShareAccess,
  ShareName,
  ShareRule,
  ShareRulePage,
  ShareRuleState,
  ShareSubjectInput,
} from './model.ts';
import { futureOf, isAbout, requireMayAskFor, requireMayDecide, requireSense } from './rule-checks.ts';
import { type RuleRow, toRule } from './rule-row.ts';
import * as store from './rule-store.ts';
import { findShareRow, type ShareRow, shareNotFound } from './store.ts';
import { requireSubject } from './subjects.ts';
import { accessRuleTarget, shareTarget, shownAccessRuleTarget, shownShareTarget } from './targets.ts';

const address = { share: ShareName, accessRule: Uuid };
const wish = object({
  share: ShareName,
  subject: ShareSubjectInput,
  access: ShareAccess,
  acrossEnvironments: T.Optional(
    T.Boolean({
      default: false,
      description:
        'Whether it holds where the volume is of one environment and the consumer of another. An admin of the project of the share decides on that.',
    }),
  ),
  expiresAt: T.Optional(DateTime),
  reason: T.Optional(RuleReason),
});
type Wish = Static<typeof wish>;

export const listRules = query('shareRules.list', {
  permission: 'read',
  reach: shownShareTarget,
  summary: 'List the access rules of a share, newest first',
  description:
    'Who does not reach the project of the share sees the rules about themselves and about projects in reach.',
  input: object({ share: ShareName, state: T.Optional(ShareRuleState), ...paging }),
  output: ShareRulePage,
  run: ({ ports, actor }, { share, state, limit = 50, cursor }) =>
    store.listRules(ports.db, actor, share, state, limit, cursor),
});

export const getRule = query('shareRules.get', {
  permission: 'read',
  reach: shownAccessRuleTarget,
  summary: 'Read an access rule of a share',
  input: object(address),
  output: ShareRule,
  run: async (context, at) => toRule(await requireRule(context, at), new Date()),
});

export const grantRule = command('shareRules.grant', {
  permission: 'operate',
  reach: shareTarget,
  summary: 'Give access to a share',
  description:
    'It holds at once, until it expires or is revoked. Nobody gives access to themselves; the project of the share has it anyway.',
  input: wish,
  output: ShareRule,
  run: (context, wished) =>
    createRule(context, wished, 'active', (share, subject, acrossEnvironments) => {
      requireMayDecide(context, share, acrossEnvironments);
      if (isAbout(subject, context.actor))
        throw fail('forbidden', 'Nobody gives access to themselves; let somebody else grant it.');
    }),
});

export const requestRule = command('shareRules.request', {
  permission: 'operate',
  reach: shownShareTarget,
  summary: 'Ask for access to a share',
  description:
    'For a project that the caller operates (or its containers with a label, or who has a role on it), or for the caller alone. Somebody else, who operates the project of the share, approves or denies it.',
  input: wish,
  output: ShareRule,
  run: (context, wished) =>
    createRule(context, wished, 'requested', (_share, subject) => requireMayAskFor(context, subject)),
});

export const approveRule = command('shareRules.approve', {
  permission: 'operate',
  reach: accessRuleTarget,
  summary: 'Approve a request for access',
  description:
    'As it was asked for, or less: `ro` where `rw` was asked for, or an earlier end. By somebody else than who asked.',
  input: object({
    ...address,
    access: T.Optional(ShareAccess),
    expiresAt: T.Optional(DateTime),
    reason: T.Optional(RuleReason),
  }),
  output: ShareRule,
  async run(context, { share: name, accessRule, access, expiresAt, reason }) {
    const { ports, actor } = context;
    const rule = await requireRule(context, { share: name, accessRule });
    requireMayDecide(context, rule.share, rule.acrossEnvironments);
    if (rule.createdBy === actor.subject)
      throw fail('forbidden', 'Nobody approves what they asked for themselves; let somebody else decide.');
    const until = futureOf(expiresAt);
    if (access === 'rw' && rule.access === 'ro')
      throw fail('invalid_input', '/access: ro was asked for; an approval gives what was asked for, or less.');
    if (until !== null && rule.expiresAt !== null && until > rule.expiresAt)
      throw fail('invalid_input', `/expiresAt: access was asked for until ${rule.expiresAt.toISOString()} only.`);
    const changed = await store.changeRule(ports.db, rule, {
      from: ['requested'],
      to: 'active',
      action: 'approved',
      actor: actor.subject,
      reason: reason ?? null,
      data: { ...(access === undefined ? {} : { access }), ...(until === null ? {} : { expiresAt: until }) },
    });
    await judgeAgain(ports, rule.share.hostName);
    return changed;
  },
});

export const denyRule = command('shareRules.deny', {
  permission: 'operate',
  reach: accessRuleTarget,
  summary: 'Deny a request for access',
  input: object({ ...address, reason: RuleReason }),
  output: ShareRule,
  async run(context, { share, accessRule, reason }) {
    const rule = await requireRule(context, { share, accessRule });
    return await store.changeRule(context.ports.db, rule, {
      from: ['requested'],
      to: 'denied',
      action: 'denied',
      actor: context.actor.subject,
      reason,
    });
  },
});

export const revokeRule = command('shareRules.revoke', {
  permission: 'operate',
  reach: accessRuleTarget,
  summary: 'Take access to a share back',
  description:
    'At once: what the rule showed is not shown any more, and a container that mounts the volume by it breaks the rules from now on. The rule stays, with its history.',
  input: object({ ...address, reason: T.Optional(RuleReason) }),
  output: ShareRule,
  async run(context, { share, accessRule, reason }) {
    const rule = await requireRule(context, { share, accessRule });
    const revoked = await store.changeRule(context.ports.db, rule, {
      from: ['requested', 'active'],
      to: 'revoked',
      action: 'revoked',
      actor: context.actor.subject,
      reason: reason ?? null,
    });
    await judgeAgain(context.ports, rule.share.hostName);
    return revoked;
  },
});

/** Writes a rule down once `require` has let it, and has the uses of the share judged by it. */
async function createRule(
  context: AdmittedContext,
  { share: name, subject: given, access, acrossEnvironments = false, expiresAt, reason }: Wish,
  state: 'active' | 'requested',
  require: (share: ShareRow, subject: RuleSubject, acrossEnvironments: boolean) => void,
): Promise<ShareRule> {
  const share = await requireShareRow(context, name);
  const subject = requireSubject(given);
  requireSense(share, subject, acrossEnvironments);
  require(share, subject, acrossEnvironments);
  const rule = await store.createRule(context.ports.db, {
    id: context.onceId,
    share,
    subject,
    access,
    acrossEnvironments,
    state,
    expiresAt: futureOf(expiresAt),
    reason: reason ?? null,
    createdBy: context.actor.subject,
  });
  await judgeAgain(context.ports, share.hostName);
  return rule;
}

async function requireShareRow({ ports }: AdmittedContext, name: string): Promise<ShareRow> {
  const share = await findShareRow(ports.db, name);
  if (share === null) throw shareNotFound(name);
  return share;
}

async function requireRule({ ports }: AdmittedContext, at: { share: string; accessRule: string }): Promise<RuleRow> {
  const rule = await store.findRule(ports.db, at.share, at.accessRule);
  if (rule === null) throw accessRuleTarget.absent(at);
  return rule;
}
