import { administeredProject } from '../access/read.ts';
import { fail } from '../errors.ts';
import { EventTypes } from '../events/model.ts';
import { sourceOf } from '../events/read.ts';
import { command, query } from '../operation.ts';
import { expectedVersion, nullable, object, ProjectName, paging, T, Uuid } from '../schema.ts';
import { create, edit, rotateSecret } from './change.ts';
import {
  DeliveryState,
  NewWebhook,
  ReceiverUrl,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryPage,
  WebhookDescription,
  WebhookPage,
  WebhookSecret,
} from './model.ts';
import * as store from './store.ts';
import { webhookTarget } from './targets.ts';
import { redeliver, requireDelivery, testWebhook as runTest } from './test-call.ts';
import { toWebhook } from './webhook-row.ts';

const address = { webhook: Uuid };

export const listWebhooks = query('webhooks.list', {
  permission: 'administer',
  reach: 'anything',
  summary: 'List webhooks, newest first',
  input: object({ project: T.Optional(ProjectName), ...paging }),
  output: WebhookPage,
  run: ({ ports, scope }, { project, limit = 50, cursor }) =>
    store.listWebhooks(ports.db, scope, project, limit, cursor),
});

export const getWebhook = query('webhooks.get', {
  permission: 'administer',
  reach: webhookTarget,
  summary: 'Read a webhook',
  input: object(address),
  output: Webhook,
  async run({ ports }, { webhook }) {
    const row = await store.findWebhookRow(ports.db, webhook);
    if (row === null) throw webhookTarget.absent({ webhook });
    return toWebhook(row);
  },
});

export const createWebhook = command('webhooks.create', {
  permission: 'administer',
  reach: administeredProject,
  summary: 'Send events to a receiver',
  description:
    'What happens from now on: of a project, or everything. The secret is in the answer, and nowhere else. Deliveries are signed by the Standard Webhooks scheme, and repeated until the receiver answers with 2xx.',
  input: object({
    url: ReceiverUrl,
    types: T.Optional(EventTypes),
    project: T.Optional(ProjectName),
    description: T.Optional(WebhookDescription),
    secret: T.Optional(WebhookSecret),
  }),
  output: NewWebhook,
  run: (context, input) => create(context, input),
});

export const updateWebhook = command('webhooks.update', {
  permission: 'administer',
  reach: webhookTarget,
  summary: 'Edit, disable or enable a webhook',
  description:
    'What happens while it is disabled is not sent later; what waited before is sent when it is enabled again.',
  input: object({
    ...address,
    url: T.Optional(ReceiverUrl),
    types: T.Optional(EventTypes),
    description: T.Optional(nullable(WebhookDescription)),
    isEnabled: T.Optional(T.Boolean()),
    expectedVersion,
  }),
  output: Webhook,
  run: (context, { webhook, expectedVersion: version, ...changes }) => edit(context, webhook, changes, version),
});

export const deleteWebhook = command('webhooks.delete', {
  permission: 'administer',
  reach: webhookTarget,
  summary: 'Delete a webhook with its deliveries',
  input: object({ ...address, expectedVersion }),
  output: Webhook,
  async run({ ports }, { webhook, expectedVersion: version }) {
    const row = await store.findWebhookRow(ports.db, webhook);
    if (row === null) throw webhookTarget.absent({ webhook });
    if (!(await store.deleteWebhook(ports.db, webhook, version)))
      throw fail('version_mismatch', `Webhook ${webhook} has changed meanwhile; read it again.`);
    return toWebhook(row);
  },
});

export const rotateWebhookSecret = command('webhooks.rotateSecret', {
  permission: 'administer',
  reach: webhookTarget,
  summary: 'Give a webhook another secret',
  description:
    'For the time of the overlap each request is signed with both, so that the receiver can be changed at leisure.',
  input: object({
    ...address,
    secret: T.Optional(WebhookSecret),
    overlapHours: T.Optional(
      T.Integer({
        minimum: 0,
        maximum: 720,
        default: 24,
        description: 'How long the secret before is used as well; 24 when absent.',
      }),
    ),
    expectedVersion,
  }),
  output: NewWebhook,
  run: (context, { webhook, secret, overlapHours = 24, expectedVersion: version }) =>
    rotateSecret(context, webhook, { secret, overlapHours }, version),
});

export const testWebhook = command('webhooks.test', {
  permission: 'administer',
  reach: webhookTarget,
  summary: 'Send a test event now',
  description:
    'Once, also when the webhook is disabled or waits; answers with what became of it. The event `stowage.webhook.tested` is sent to this webhook alone.',
  input: object(address),
  output: WebhookDelivery,
  run: (context, { webhook }) => runTest(context, webhook),
});

export const listDeliveries = query('webhooks.deliveries', {
  permission: 'administer',
  reach: webhookTarget,
  summary: 'List the deliveries of a webhook, newest events first',
  input: object({ ...address, state: T.Optional(DeliveryState), ...paging }),
  output: WebhookDeliveryPage,
  run: ({ ports }, { webhook, state, limit = 50, cursor }) =>
    store.listDeliveries(ports.db, sourceOf(ports), webhook, state, limit, cursor),
});

const deliveryAddress = { ...address, delivery: Uuid };

export const getDelivery = query('webhooks.delivery', {
  permission: 'administer',
  reach: webhookTarget,
  summary: 'Read a delivery with its attempts',
  input: object(deliveryAddress),
  output: WebhookDelivery,
  run: ({ ports }, { webhook, delivery }) => requireDelivery(ports, webhook, delivery),
});

export const redeliverEvent = command('webhooks.redeliver', {
  permission: 'administer',
  reach: webhookTarget,
  summary: 'Send an event again',
  description: 'Whether it was delivered, given up or is waiting; it has all its attempts again.',
  input: object(deliveryAddress),
  output: WebhookDelivery,
  run: (context, { webhook, delivery }) => redeliver(context, webhook, delivery),
});
