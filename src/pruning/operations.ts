import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { requireHost } from '../hosts/read.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command, query, type Target } from '../operation.ts';
import { usableRepository } from '../repositories/read.ts';
import { HostName, object, paging, T, Uuid } from '../schema.ts';
import type { PruneInput } from './job-input.ts';
import { lookAt } from './look.ts';
import { PruneAction, PruneItemPage, PruneKind, PrunePlan, PrunePlanPage, pruneWishes } from './model.ts';
import { changesSince, firstOf, summarize } from './plan.ts';
import * as store from './store.ts';
import { readWish } from './wish.ts';

const hoursToApply = 1;
const firstItems = 100;

/** A plan without a project is about everything on the host, so it belongs to none. */
const newPlanTarget: Target<{ project?: string }> = {
  find: async (_context, { project = null }) => ({ project }),
  absent: () => fail('forbidden', 'You have no role here; name a project of yours to plan within it.'),
};

const planTarget: Target<{ plan: string }> = {
  find: ({ ports }, { plan }) => store.findPlan(ports.db, plan),
  absent: ({ plan }) => planNotFound(plan),
};

export const createPlan = command('prunePlans.create', {
  permission: 'operate',
  reach: newPlanTarget,
  summary: 'Plan a clean-up of a host',
  description:
    'Nothing is removed: the plan says what would go, what stays and why, and how much would be freed, as far as it was measured. Each kind that is named is looked at, with filters as Docker has them. What anything still needs stays: also what only a stopped container needs that would go itself; the next plan takes it. With a project it is about containers and volumes of that project; without one it asks for the role on everything.',
  input: object({ host: HostName, ...pruneWishes }),
  output: PrunePlan,
  async run({ ports, actor, onceId: id }, { host, ...request }) {
    await requireHost(ports.db, host);
    const createdAt = new Date();
    const items = await lookAt(ports, host, readWish(request, createdAt));
    await store.forgetOldPlans(ports.db, new Date(createdAt.getTime() - ports.config.historyDays * 86_400_000));
    const plan = await store.savePlan(ports.db, {
      id,
      host,
      project: request.project ?? null,
      request,
      items,
      kinds: summarize(items),
      createdBy: actor.subject,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + hoursToApply * 3_600_000),
    });
    return { ...plan, items: await store.listItems(ports.db, id, {}, firstItems) };
  },
});

export const listPlans = query('prunePlans.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List plans of clean-ups, newest first',
  input: object({ host: T.Optional(HostName), ...paging }),
  output: PrunePlanPage,
  async run({ ports, scope }, { limit = 50, cursor, ...filter }) {
    if (filter.host !== undefined) await requireHost(ports.db, filter.host);
    return await store.listPlans(ports.db, scope, filter, limit, cursor);
  },
});

export const getPlan = query('prunePlans.get', {
  permission: 'read',
  reach: planTarget,
  summary: 'Read the plan of a clean-up',
  input: object({ plan: Uuid }),
  output: PrunePlan,
  async run({ ports }, { plan: id }) {
    const plan = await store.findPlan(ports.db, id);
    if (plan === null) throw planNotFound(id);
    return { ...plan, items: await store.listItems(ports.db, id, {}, firstItems) };
  },
});

export const listPlanItems = query('prunePlans.items', {
  permission: 'read',
  reach: planTarget,
  summary: 'List the items of a plan',
  description: 'Those that go come first, in the order of their removal.',
  input: object({ plan: Uuid, action: T.Optional(PruneAction), kind: T.Optional(PruneKind), ...paging }),
  output: PruneItemPage,
  run: ({ ports }, { plan, limit = 50, cursor, ...filter }) => store.listItems(ports.db, plan, filter, limit, cursor),
});

export const applyPlan = command('prunePlans.apply', {
  permission: 'administer',
  reach: planTarget,
  summary: 'Carry out the plan of a clean-up',
  description:
    'A plan is applied once, within an hour, and only while all that would go is as it was. Each object is looked at once more right before it is removed; what has changed by then is left, and the result says why. Named volumes go with a last snapshot, from which they can be brought back for a while: `snapshot` true takes one of anonymous volumes too, false of none. A volume whose snapshot is not complete stays.',
  input: object({
    plan: Uuid,
    confirm: T.Optional(T.String({ description: 'Name of the host.' })),
    snapshot: T.Optional(T.Boolean({ description: 'Of all volumes, or of none; of the named ones when not given.' })),
    repository: T.Optional(
      T.String({
        minLength: 1,
        maxLength: 64,
        description: 'Name or id of the repository of the snapshots; the default one when not given.',
      }),
    ),
  }),
  output: Job,
  recall: recallJob,
  async run(context, { plan: id, confirm, snapshot, repository }) {
    const { ports, onceId } = context;
    const plan = await applicablePlan(context, id, confirm);
    const leaving = plan.items.filter(({ kind, action }) => kind === 'volume' && action === 'remove');
    const volumes = leaving.map(({ name, snapshotFirst }) => ({ name, snapshot: snapshot ?? snapshotFirst }));
    const needsRepository = volumes.some((volume) => volume.snapshot);
    const repositoryId = needsRepository ? (await usableRepository(ports.db, plan.host, repository)).id : null;
    const input: PruneInput = { plan: id, repositoryId, volumes };
    const request = { kind: 'host_prune' as const, host: plan.host, volume: null, project: plan.project, input };
    return await enqueueJob(context, request, async (transaction) => {
      if (!(await store.claimPlan(transaction, id, onceId))) throw applied(id);
    });
  },
});

/** The plan, as long as it can be applied. Throws `confirmation_required`, `prune_plan_applied` and `prune_plan_outdated`. */
async function applicablePlan({ ports }: AdmittedContext, id: string, confirm: string | undefined) {
  const plan = await store.findWholePlan(ports.db, id);
  if (plan === null) throw planNotFound(id);
  if (confirm !== plan.host)
    throw fail('confirmation_required', `Repeat the name of the host in \`confirm\`: "${plan.host}".`);
  if (plan.jobId !== null) throw applied(id);
  if (plan.expiresAt < new Date())
    throw fail('prune_plan_outdated', `Plan ${id} expired at ${plan.expiresAt.toISOString()}; make a new one.`);
  const now = await lookAt(ports, plan.host, readWish(plan.request, plan.createdAt));
  const changes = changesSince(plan.items, now);
  if (changes.length > 0)
    throw fail('prune_plan_outdated', `Make a new plan, since this one does not hold any more: ${firstOf(changes)}.`);
  return plan;
}

function planNotFound(id: string) {
  return fail('prune_plan_not_found', `There is no prune plan "${id}"; those that nobody applied are kept for a day.`);
}

function applied(id: string) {
  return fail('prune_plan_applied', `Plan ${id} was applied already; make a new one.`);
}
