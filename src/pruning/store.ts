import Value from 'typebox/value';
import type { ProjectScope } from '../access/roles.ts';
import { Prisma, type Reader } from '../database/client.ts';
import { decodeSerialCursor, decodeTimeCursor, toPage } from '../keyset.ts';
import { nullable, object, type Page, T } from '../schema.ts';
import type { SizedLayer } from './images.ts';
import type { PlannedItem } from './judgement.ts';
import {
  type PruneAction,
  type PruneItem,
  type PruneKind,
  PruneKindSummary,
  type PrunePlanSummary,
  PruneRequest,
} from './model.ts';

const unappliedHours = 24;

const summaryColumns = {
  id: true,
  hostName: true,
  project: true,
  kinds: true,
  createdBy: true,
  createdAt: true,
  expiresAt: true,
  jobId: true,
} as const;
type SummaryRow = Prisma.PrunePlanGetPayload<{ select: typeof summaryColumns }>;

/** A plan with what it was asked for, and all that would go. */
export interface WholePlan {
  readonly id: string;
  readonly host: string;
  readonly project: string | null;
  readonly request: PruneRequest;
  readonly items: readonly PlannedItem[];
  readonly jobId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface NewPlan extends Omit<WholePlan, 'jobId'> {
  readonly kinds: readonly PruneKindSummary[];
  readonly createdBy: string;
}

/** Writes a plan down; one of the same id (a repeated call) is kept as it is. Gives it. */
export async function savePlan(db: Reader, { host, items, kinds, ...plan }: NewPlan): Promise<PrunePlanSummary> {
  const create = {
    ...plan,
    hostName: host,
    items: items.map((item) => ({ ...item })),
    kinds: kinds.map((kind) => ({ ...kind })),
  };
  return toSummary(await db.prunePlan.upsert({ where: { id: plan.id }, create, update: {}, select: summaryColumns }));
}

/** A plan by id, or null. */
export async function findPlan(db: Reader, id: string): Promise<PrunePlanSummary | null> {
  const row = await db.prunePlan.findUnique({ where: { id }, select: summaryColumns });
  return row === null ? null : toSummary(row);
}

/** A plan with everything that its job needs, or null. */
export async function findWholePlan(db: Reader, id: string): Promise<WholePlan | null> {
  const row = await db.prunePlan.findUnique({ where: { id } });
  if (row === null) return null;
  const { hostName, request, items, kinds: _kinds, createdBy: _createdBy, ...rest } = row;
  // Written by savePlan only, of this very type.
  return {
    ...rest,
    host: hostName,
    request: Value.Parse(PruneRequest, request),
    items: items as unknown as PlannedItem[],
  };
}

/** Plans, newest first. */
export async function listPlans(
  db: Reader,
  scope: ProjectScope,
  { host }: { readonly host?: string },
  limit: number,
  cursor?: string,
): Promise<Page<PrunePlanSummary>> {
  const within = scope === 'all' ? {} : { project: { in: [...scope] } };
  const ofHost = host === undefined ? {} : { hostName: host };
  const rows = await db.prunePlan.findMany({
    where: { AND: [within, ofHost, cursor === undefined ? {} : olderThan(cursor)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
    select: summaryColumns,
  });
  return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id], toSummary);
}

export interface ItemFilter {
  readonly action?: PruneAction | undefined;
  readonly kind?: PruneKind | undefined;
}

/** The items of a plan, in its order. Only those of the page are read. */
export async function listItems(
  db: Reader,
  plan: string,
  { action, kind }: ItemFilter,
  limit: number,
  cursor?: string,
): Promise<Page<PruneItem>> {
  const after = cursor === undefined ? 0n : decodeSerialCursor(cursor);
  const wanted = [
    ...(action === undefined ? [] : [Prisma.sql`and item->>'action' = ${action}`]),
    ...(kind === undefined ? [] : [Prisma.sql`and item->>'kind' = ${kind}`]),
  ];
  const rows = await db.$queryRaw<{ item: PlannedItem; number: bigint }[]>`
    select item, number from prune_plans, jsonb_array_elements(items) with ordinality as listed(item, number)
    where id = ${plan}::uuid and number > ${after} ${wanted.length === 0 ? Prisma.empty : Prisma.join(wanted, ' ')}
    order by number limit ${limit + 1}`;
  return toPage(
    rows,
    limit,
    ({ number }) => [number.toString()],
    ({ item: { premise: _premise, ...item } }) => item,
  );
}

/** Gives a plan to the job that applies it, unless it has one already; then gives false. */
export async function claimPlan(db: Reader, id: string, jobId: string): Promise<boolean> {
  const { count } = await db.prunePlan.updateMany({ where: { id, OR: [{ jobId: null }, { jobId }] }, data: { jobId } });
  return count === 1;
}

/** Forgets plans that nobody applied within a day, and those that were applied before `appliedBefore`. */
export async function forgetOldPlans(db: Reader, appliedBefore: Date): Promise<void> {
  const unappliedBefore = new Date(Date.now() - unappliedHours * 3_600_000);
  const unapplied = { jobId: null, createdAt: { lt: unappliedBefore } };
  await db.prunePlan.deleteMany({ where: { OR: [unapplied, { createdAt: { lt: appliedBefore } }] } });
}

/** Measured bytes of the writable layers of a host, by id of the container. */
export async function writableBytes(db: Reader, host: string): Promise<Map<string, number>> {
  const rows = await db.container.findMany({
    where: { hostName: host, writableBytes: { not: null } },
    select: { id: true, writableBytes: true },
  });
  return new Map(rows.map(({ id, writableBytes: bytes }) => [id, Number(bytes)]));
}

const Layered = object(
  { layers: T.Array(T.Object({ chainId: T.String(), bytes: nullable(T.Number()) })) },
  { additionalProperties: true },
);

/** The layers of the images of a host that were looked into, by id of the image. */
export async function imageLayers(db: Reader, host: string): Promise<Map<string, SizedLayer[]>> {
  const rows = await db.image.findMany({ where: { hostName: host }, select: { id: true, layers: true } });
  return new Map(
    rows.flatMap(({ id, layers }) => (Value.Check(Layered, layers) ? [[id, layers.layers] as const] : [])),
  );
}

function olderThan(cursor: string): Prisma.PrunePlanWhereInput {
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

function toSummary({ hostName, kinds, jobId, createdAt, expiresAt, ...row }: SummaryRow): PrunePlanSummary {
  const known = Value.Parse(T.Array(PruneKindSummary), kinds);
  return {
    ...row,
    host: hostName,
    kinds: known,
    freesBytes: known.reduce((total, { freesBytes }) => total + freesBytes, 0),
    unmeasured: known.reduce((total, { unmeasured }) => total + unmeasured, 0),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    job: jobId,
  };
}
