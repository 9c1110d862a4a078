import type { AdmittedContext, Ports } from '../context.ts';
import { fail } from '../errors.ts';
import { findEvents, recordEvent, sourceOf, testEvent } from '../events/read.ts';
import { sendEvent } from './deliver.ts';
import type { WebhookDelivery } from './model.ts';
import { findDelivery, findWebhookRow, noteDelivery, sendAgain } from './store.ts';
import { webhookTarget } from './targets.ts';

/** Sends a test event to a webhook, once and now. Throws `webhook_not_found`. */
export async function testWebhook({ ports, actor, onceId }: AdmittedContext, id: string): Promise<WebhookDelivery> {
  const { db } = ports;
  const webhook = await findWebhookRow(db, id);
  if (webhook === null) throw webhookTarget.absent({ webhook: id });
  const eventId = await recordEvent(db, {
    type: testEvent,
    subject: `webhooks/${id}`,
    project: webhook.project,
    data: { webhook: id, requestedBy: actor.subject },
  });
  const [event] = await findEvents(db, [eventId], sourceOf(ports));
  if (event === undefined) throw new Error(`The event ${eventId} is gone.`);
  const startedAt = new Date();
  const outcome = await sendEvent(ports, webhook, event);
  const delivery = { id: onceId, webhookId: id, eventId, position: BigInt(event.sequence) };
  await noteDelivery(db, delivery, outcome, startedAt);
  return await requireDelivery(ports, id, onceId);
}

/** Has an event sent again. Throws `webhook_delivery_not_found` and `webhook_disabled`. */
export async function redeliver(
  { ports }: AdmittedContext,
  webhook: string,
  delivery: string,
): Promise<WebhookDelivery> {
  await requireDelivery(ports, webhook, delivery);
  const row = await findWebhookRow(ports.db, webhook);
  if (row?.isEnabled !== true)
    throw fail(
      'webhook_disabled',
      `Webhook ${webhook} is disabled; enable it (PATCH isEnabled: true), then send again.`,
    );
  await sendAgain(ports.db, delivery);
  await ports.notices.publish({ topic: 'event', id: '*' });
  return await requireDelivery(ports, webhook, delivery);
}

/** A delivery of a webhook. Throws `webhook_delivery_not_found`. */
export async function requireDelivery(
  ports: Pick<Ports, 'db' | 'vault'>,
  webhook: string,
  id: string,
): Promise<WebhookDelivery> {
  const delivery = await findDelivery(ports.db, sourceOf(ports), webhook, id);
  if (delivery === null) throw fail('webhook_delivery_not_found', `Webhook ${webhook} has no delivery "${id}".`);
  return delivery;
}
