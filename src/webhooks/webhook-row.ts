import type { Prisma } from '../database/client.ts';
import type { Event } from '../events/model.ts';
import type { DeliveryState, Webhook, WebhookDelivery } from './model.ts';

export type WebhookRow = Prisma.WebhookGetPayload<object>;
export const withAttempts = {
  attempts: { orderBy: { number: 'asc' } },
} as const satisfies Prisma.WebhookDeliveryInclude;
export type DeliveryRow = Prisma.WebhookDeliveryGetPayload<{ include: typeof withAttempts }>;

/** A webhook as the API shows it: without its secrets. */
export function toWebhook(row: WebhookRow): Webhook {
  const { previousSecretUntil: until } = row;
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    types: typesOf(row),
    project: row.project,
    isEnabled: row.isEnabled,
    disabledReason: row.disabledReason,
    previousSecretUntil: until !== null && until > new Date() ? until.toISOString() : null,
    failures: row.failures,
    failingSince: row.failingSince?.toISOString() ?? null,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    version: row.version,
  };
}

/** Written by this domain only, as the model has it. */
function typesOf({ types }: WebhookRow): string[] {
  return Array.isArray(types) ? types.filter((type) => typeof type === 'string') : [];
}

/** A delivery as the API shows it. */
export function toDelivery(row: DeliveryRow, event: Event): WebhookDelivery {
  return {
    id: row.id,
    webhook: row.webhookId,
    event,
    // Written by this domain only, in these words.
    state: row.state as DeliveryState,
    dueAt: row.state === 'pending' ? row.dueAt.toISOString() : null,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    attempts: row.attempts.map(({ number, startedAt, finishedAt, status, error, response }) => ({
      number,
      startedAt: startedAt.toISOString(),
      seconds: finishedAt === null ? null : Math.max(0, (finishedAt.getTime() - startedAt.getTime()) / 1000),
      status,
      error,
      response,
    })),
  };
}
