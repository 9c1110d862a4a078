import type { ProjectScope } from '../access/roles.ts';
import type { Database, Prisma, Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { findEvents, newestPosition } from '../events/read.ts';
import { decodeSerialCursor, decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { DeliveryState, Webhook, WebhookDelivery } from './model.ts';
import type { Outcome } from './send.ts';
import { type DeliveryRow, toDelivery, toWebhook, type WebhookRow, withAttempts } from './webhook-row.ts';

/** A webhook that is to be made; its secret is sealed. */
export interface NewRow {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly types: readonly string[];
  readonly project: string | null;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly createdBy: string;
}

/** Makes a webhook that sends what happens from now on; a repeated call finds it. */
export async function createWebhook(db: Database, { types, ...row }: NewRow): Promise<WebhookRow> {
  const create = { ...row, types: [...types], position: await newestPosition(db) };
  return await db.webhook.upsert({ where: { id: row.id }, create, update: {} });
}

export async function findWebhookRow(db: Reader, id: string): Promise<WebhookRow | null> {
  return await db.webhook.findUnique({ where: { id } });
}

/** Webhooks, newest first. */
export async function listWebhooks(
  db: Reader,
  scope: ProjectScope,
  project: string | undefined,
  limit: number,
  cursor?: string,
): Promise<Page<Webhook>> {
  const within = scope === 'all' ? {} : { project: { in: [...scope] } };
  const rows = await db.webhook.findMany({
    where: { AND: [within, project === undefined ? {} : { project }, olderThan(cursor)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  return toPage(rows, limit, ({ createdAt, id }) => [createdAt.toISOString(), id], toWebhook);
}

function olderThan(cursor: string | undefined): Prisma.WebhookWhereInput {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

/** Edits a webhook. Throws `version_mismatch` when it has changed since `version`, or is gone. */
export async function editWebhook(
  db: Reader,
  id: string,
  version: number,
  data: Prisma.WebhookUpdateManyMutationInput,
): Promise<WebhookRow> {
  const changed = { ...data, version: { increment: 1 } };
  const [row] = await db.webhook.updateManyAndReturn({ where: { id, version }, data: changed });
  if (row === undefined)
    throw fail('version_mismatch', `Webhook ${id} has changed since version ${version}; read it again.`);
  return row;
}

export async function deleteWebhook(db: Reader, id: string, version: number | undefined): Promise<boolean> {
  const where = { id, ...(version === undefined ? {} : { version }) };
  return (await db.webhook.deleteMany({ where })).count === 1;
}

/** Deliveries of a webhook, of the newest events first. */
export async function listDeliveries(
  db: Reader,
  source: string,
  webhookId: string,
  state: DeliveryState | undefined,
  limit: number,
  cursor?: string,
): Promise<Page<WebhookDelivery>> {
  const before = cursor === undefined ? {} : { position: { lt: decodeSerialCursor(cursor) } };
  const rows = await db.webhookDelivery.findMany({
    where: { webhookId, ...(state === undefined ? {} : { state }), ...before },
    orderBy: { position: 'desc' },
    take: limit + 1,
    include: withAttempts,
  });
  const { items, nextCursor } = toPage(
    rows,
    limit,
    ({ position }) => [String(position)],
    (row) => row,
  );
  return { items: await withEvents(db, items, source), nextCursor };
}

export async function findDelivery(
  db: Reader,
  source: string,
  webhookId: string,
  id: string,
): Promise<WebhookDelivery | null> {
  const row = await db.webhookDelivery.findUnique({ where: { id, webhookId }, include: withAttempts });
  return row === null ? null : ((await withEvents(db, [row], source))[0] ?? null);
}

/** Deliveries whose events were forgotten meanwhile are left out: they go with them. */
async function withEvents(db: Reader, rows: readonly DeliveryRow[], source: string): Promise<WebhookDelivery[]> {
  const events = await findEvents(
    db,
    rows.map(({ eventId }) => eventId),
    source,
  );
  const byId = new Map(events.map((event) => [event.id, event]));
  return rows.flatMap((row) => {
    const event = byId.get(row.eventId);
    return event === undefined ? [] : [toDelivery(row, event)];
  });
}

/** Has a delivery sent again, with all its attempts before it. */
export async function sendAgain(db: Reader, id: string): Promise<void> {
  const data = { state: 'pending', tries: 0, dueAt: new Date(), finishedAt: null };
  await db.webhookDelivery.updateMany({ where: { id }, data });
}

/** Writes down a delivery that was made at once. */
export async function noteDelivery(
  db: Database,
  delivery: { readonly id: string; readonly webhookId: string; readonly eventId: string; readonly position: bigint },
  { status, error, response }: Outcome,
  startedAt: Date,
): Promise<void> {
  const finishedAt = new Date();
  const attempt = { number: 1, startedAt, finishedAt, status, error, response };
  const state = error === null ? 'delivered' : 'failed';
  const data = { ...delivery, state, tries: 1, finishedAt, attempts: { create: attempt } };
  await db.webhookDelivery.create({ data });
}
