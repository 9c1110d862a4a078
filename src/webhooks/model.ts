import { Event } from '../events/model.ts';
import { DateTime, nullable, object, page, type Static, T, Uuid, Version, words } from '../schema.ts';

export const ReceiverUrl = T.String({
  minLength: 1,
  maxLength: 2048,
  description: 'Where events are sent to, with POST: https, and http into networks of STOWAGE_WEBHOOK_NETWORKS.',
  examples: ['https://hooks.example.com/stowage'],
});

export const WebhookSecret = T.String({
  minLength: 1,
  maxLength: 128,
  description: '`whsec_` and 24 to 64 bytes in base64 (Standard Webhooks).',
  examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo='],
});

export const WebhookDescription = T.String({ minLength: 1, maxLength: 500, description: 'What it is for.' });

const settings = {
  id: Uuid,
  url: T.String({ description: 'Where events are sent to.', examples: ['https://hooks.example.com/stowage'] }),
  description: nullable(T.String()),
  types: T.Array(T.String({ examples: ['stowage.job.*'] }), { description: 'Which events are sent.' }),
  project: nullable(T.String({ description: 'Only events of this project; null: all events.' })),
  isEnabled: T.Boolean(),
  disabledReason: nullable(T.String({ description: 'Why it was disabled without being asked to.' })),
  previousSecretUntil: nullable(DateTime),
  failures: T.Integer({
    minimum: 0,
    maximum: 2 ** 31 - 1,
    description: 'Attempts that failed since the last that did not.',
  }),
  failingSince: nullable(DateTime),
  createdBy: T.String({ description: 'Subject that made it.' }),
  createdAt: DateTime,
  version: Version,
};

export const Webhook = object(settings, {
  $id: 'Webhook',
  description:
    'Sends events to a receiver, signed by the Standard Webhooks scheme. Until `previousSecretUntil` each request has a second signature, by the secret before.',
});
export type Webhook = Static<typeof Webhook>;
export const WebhookPage = page(Webhook, 'Webhook');

export const NewWebhook = object(
  {
    ...settings,
    secret: T.String({ description: 'What signatures are checked with; it is shown here and nowhere else.' }),
  },
  { $id: 'NewWebhook', description: 'A webhook with its secret.' },
);

export const DeliveryState = words(
  'WebhookDeliveryState',
  ['pending', 'delivered', 'failed'],
  'Where a delivery is: to be sent, taken by the receiver, or given up.',
);
export type DeliveryState = Static<typeof DeliveryState>;

const Attempt = object(
  {
    number: T.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }),
    startedAt: DateTime,
    seconds: nullable(T.Number({ minimum: 0, description: 'Time until the answer; null while there is none.' })),
    status: nullable(T.Integer({ minimum: 0, maximum: 999, description: 'HTTP status of the answer.' })),
    error: nullable(T.String({ description: 'Why it does not count as delivered.' })),
    response: nullable(T.String({ description: 'Beginning of the answer.' })),
  },
  { $id: 'WebhookAttempt', description: 'One request to the receiver.' },
);

export const WebhookDelivery = object(
  {
    id: Uuid,
    webhook: Uuid,
    event: Event,
    state: DeliveryState,
    dueAt: nullable(DateTime),
    createdAt: DateTime,
    finishedAt: nullable(DateTime),
    attempts: T.Array(Attempt, { description: 'Oldest first.' }),
  },
  { $id: 'WebhookDelivery', description: 'That an event is to be sent to a webhook, or was.' },
);
export type WebhookDelivery = Static<typeof WebhookDelivery>;
export const WebhookDeliveryPage = page(WebhookDelivery, 'WebhookDelivery');
