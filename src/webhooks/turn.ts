import type { Database, Transaction } from '../database/client.ts';
import { recordEvent } from '../events/read.ts';
import { afterFailure, type Patience } from './failure.ts';
import type { Outcome } from './send.ts';
import { type DeliveryRow, type WebhookRow, withAttempts } from './webhook-row.ts';

/** A webhook that a process has taken: until its time is over nobody else sends to it. */
export interface Turn {
  readonly webhook: string;
  readonly number: number;
}

/** An attempt that has begun. */
export interface Begun {
  readonly webhook: WebhookRow;
  readonly delivery: DeliveryRow;
  readonly number: number;
}

/** Takes webhooks that have something to send now and that nobody else has; a process that dies loses them after so long. */
export async function takeTurns(db: Database, most: number, seconds: number): Promise<Turn[]> {
  if (most <= 0) return [];
  return await db.$queryRaw<Turn[]>`
    update webhooks set turn = turn + 1, busy_until = now() + ${seconds} * interval '1 second'
    where id in (
      select id from webhooks
      where is_enabled and (busy_until is null or busy_until <= now()) and (retry_at is null or retry_at <= now())
        and exists (select from webhook_deliveries due where due.webhook_id = webhooks.id and due.state = 'pending' and due.due_at <= now())
      order by coalesce(retry_at, created_at) limit ${most} for update skip locked)
    returning id::text as webhook, turn as number`;
}

/** Milliseconds until a webhook has something to send that nobody sends; null when none has. */
export async function untilNext(db: Database): Promise<number | null> {
  const [row] = await db.$queryRaw<{ milliseconds: number | null }[]>`
    select extract(epoch from min(greatest(due.due_at, retry_at, busy_until)) - now())::float * 1000 as milliseconds
    from webhooks join webhook_deliveries due on due.webhook_id = webhooks.id and due.state = 'pending' where is_enabled`;
  return row?.milliseconds ?? null;
}

/**
 * Begins the next attempt of a webhook, and writes it down before anything is sent. Null when nothing is due, or when the
 * turn is over. In the order of events; while the receiver fails, what was tried least comes first, so that an event which
 * it cannot take does not hold back the others.
 */
export async function beginNext(
  db: Database,
  { webhook: id, number: turn }: Turn,
  seconds: number,
): Promise<Begun | null> {
  return await db.$transaction(async (transaction) => {
    const busyUntil = new Date(Date.now() + seconds * 1000);
    const where = { id, turn, isEnabled: true };
    const [webhook] = await transaction.webhook.updateManyAndReturn({ where, data: { busyUntil } });
    if (webhook === undefined) return null;
    const due = await transaction.webhookDelivery.findFirst({
      where: { webhookId: id, state: 'pending', dueAt: { lte: new Date() } },
      orderBy: webhook.failures > 0 ? [{ tries: 'asc' }, { position: 'asc' }] : { position: 'asc' },
      select: { id: true },
    });
    if (due === null) return null;
    const number = await beginAttempt(transaction, due.id);
    const delivery = await transaction.webhookDelivery.update({
      where: { id: due.id },
      data: { tries: { increment: 1 } },
      include: withAttempts,
    });
    return { webhook, delivery, number };
  });
}

/** Attempts that have no end belong to a process that died. */
async function beginAttempt(transaction: Transaction, deliveryId: string): Promise<number> {
  await transaction.webhookAttempt.updateMany({
    where: { deliveryId, finishedAt: null, error: null },
    data: { error: 'The process that sent it ended before there was an answer.' },
  });
  const { _max } = await transaction.webhookAttempt.aggregate({ where: { deliveryId }, _max: { number: true } });
  const number = (_max.number ?? 0) + 1;
  await transaction.webhookAttempt.create({ data: { deliveryId, number } });
  return number;
}

/** Writes down how an attempt ended, and what follows from it. Whether the next delivery may be tried at once. */
export async function conclude(
  db: Database,
  { webhook, delivery, number }: Begun,
  outcome: Outcome,
  patience: Patience,
): Promise<boolean> {
  const now = new Date();
  const { status, error, response } = outcome;
  return await db.$transaction(async (transaction) => {
    await transaction.webhookAttempt.updateMany({
      where: { deliveryId: delivery.id, number },
      data: { finishedAt: now, status, error, response },
    });
    // A message that was taken is delivered, whoever has the turn by now.
    if (error === null) await transaction.webhookDelivery.updateMany({ where: { id: delivery.id }, data: done(now) });
    const mine = { id: webhook.id, turn: webhook.turn };
    if (error === null) {
      const data = { failures: 0, failingSince: null, retryAt: null };
      return (await transaction.webhook.updateMany({ where: mine, data })).count === 1;
    }
    await noteFailure(
      transaction,
      { webhook, delivery, number },
      afterFailure(webhook, delivery.tries, outcome, patience, now),
    );
    return false;
  });
}

function done(now: Date) {
  return { state: 'delivered', finishedAt: now };
}

async function noteFailure(
  transaction: Transaction,
  { webhook: { id, turn, url, project }, delivery }: Begun,
  next: ReturnType<typeof afterFailure>,
): Promise<void> {
  const disabling = next.disabledReason === null ? {} : { isEnabled: false, version: { increment: 1 } };
  const { count } = await transaction.webhook.updateMany({
    where: { id, turn },
    data: { ...next.webhook, disabledReason: next.disabledReason, ...disabling },
  });
  if (count === 0) return;
  await transaction.webhookDelivery.updateMany({ where: { id: delivery.id }, data: next.delivery });
  if (next.disabledReason === null) return;
  const data = { webhook: id, host: new URL(url).host, reason: next.disabledReason };
  await recordEvent(transaction, { type: 'stowage.webhook.disabled', subject: `webhooks/${id}`, project, data });
}

/** Gives a webhook back before its time. */
export async function endTurn(db: Database, { webhook: id, number: turn }: Turn): Promise<void> {
  await db.webhook.updateMany({ where: { id, turn }, data: { busyUntil: null } });
}
