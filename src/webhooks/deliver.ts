import type { Ports } from '../context.ts';
import type { Event } from '../events/model.ts';
import { findEvents, sourceOf } from '../events/read.ts';
import { hearNotices } from '../hear-notices.ts';
import { queueDeliveries } from './queue-deliveries.ts';
import { signingSecrets } from './secrets.ts';
import { type Outcome, send } from './send.ts';
import { signatureHeaders } from './signature.ts';
import { beginNext, conclude, endTurn, type Turn, takeTurns, untilNext } from './turn.ts';
import type { WebhookRow } from './webhook-row.ts';

/** Receivers that one process calls at a time. */
const mostAtOnce = 64;
const shortestWaitMs = 200;
const longestWaitMs = 5_000;
/** What a turn has beside the time of a request: for its writing. */
const graceSeconds = 15;

type DeliveryPorts = Pick<Ports, 'config' | 'db' | 'vault' | 'notices' | 'telemetry' | 'log'>;

/**
 * Sends events to webhooks until the signal aborts; what is on its way then is waited for. Each webhook is served by one
 * process at a time and one request after the other; webhooks do not wait for each other.
 */
export async function deliverWebhooks(ports: DeliveryPorts, signal: AbortSignal): Promise<void> {
  const { db, log } = ports;
  const hearing = hearNotices(ports.notices, 'event', undefined, signal);
  const atWork = new Set<Promise<void>>();
  const start = (turn: Turn) => {
    const work: Promise<void> = serve(ports, turn, signal)
      .catch((err: unknown) => log.warn({ err, webhook: turn.webhook }, 'a webhook was left; it is taken up again'))
      .finally(() => {
        atWork.delete(work);
        hearing.note();
      });
    atWork.add(work);
  };

  while (!signal.aborted) {
    hearing.forget();
    let waitMs = longestWaitMs;
    try {
      await queueDeliveries(db);
      for (const turn of await takeTurns(db, mostAtOnce - atWork.size, turnSeconds(ports))) start(turn);
      waitMs = (await untilNext(db)) ?? longestWaitMs;
    } catch (err) {
      log.warn({ err }, 'webhooks could not be looked after; it is tried again');
    }
    await hearing.next(Math.min(Math.max(waitMs, shortestWaitMs), longestWaitMs));
  }
  await Promise.all(atWork);
  await hearing.ended;
}

function turnSeconds({ config }: Pick<DeliveryPorts, 'config'>): number {
  return config.webhooks.timeoutSeconds + graceSeconds;
}

/** Sends what is due, until an attempt fails or nothing is left. */
async function serve(ports: DeliveryPorts, turn: Turn, signal: AbortSignal): Promise<void> {
  const { db, config, telemetry } = ports;
  let goesOn = true;
  while (goesOn && !signal.aborted) {
    const begun = await beginNext(db, turn, turnSeconds(ports));
    if (begun === null) break;
    const [event] = await findEvents(db, [begun.delivery.eventId], sourceOf(ports));
    // It was forgotten just now, and its delivery with it.
    if (event === undefined) continue;
    const outcome = await sendEvent(ports, begun.webhook, event);
    telemetry.webhookAttempts.inc({ outcome: outcome.error === null ? 'delivered' : 'failed' });
    goesOn = await conclude(db, begun, outcome, config.webhooks);
  }
  await endTurn(db, turn);
}

/** Sends one event to the receiver of a webhook: as a CloudEvent in JSON, signed. Does not throw for what the receiver does. */
export async function sendEvent(
  { vault, config }: Pick<DeliveryPorts, 'vault' | 'config'>,
  webhook: WebhookRow,
  event: Event,
): Promise<Outcome> {
  const sentAt = new Date();
  const body = JSON.stringify(withoutNulls(event));
  const signature = signatureHeaders({ id: event.id, sentAt, body }, signingSecrets(vault, webhook, sentAt));
  const headers = {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'user-agent': 'Stowage',
    ...signature,
  };
  const { networks, timeoutSeconds } = config.webhooks;
  return await send({ url: webhook.url, headers, body, networks, timeoutSeconds });
}

/** CloudEvents leaves out what is not set. */
function withoutNulls(event: Event): object {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null));
}
