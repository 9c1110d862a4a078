import { route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

const made = { status: 201, location: ({ id }: { id: string }) => `/v1/webhooks/${id}` };

export const webhookRoutes = [
  route(operations.listWebhooks, 'GET', '/v1/webhooks'),
  route(operations.createWebhook, 'POST', '/v1/webhooks', made),
  route(operations.getWebhook, 'GET', '/v1/webhooks/:webhook'),
  route(operations.updateWebhook, 'PATCH', '/v1/webhooks/:webhook'),
  route(operations.deleteWebhook, 'DELETE', '/v1/webhooks/:webhook'),
  route(operations.rotateWebhookSecret, 'POST', '/v1/webhooks/:webhook/secret'),
  route(operations.testWebhook, 'POST', '/v1/webhooks/:webhook/test'),
  route(operations.listDeliveries, 'GET', '/v1/webhooks/:webhook/deliveries'),
  route(operations.getDelivery, 'GET', '/v1/webhooks/:webhook/deliveries/:delivery'),
  route(operations.redeliverEvent, 'POST', '/v1/webhooks/:webhook/deliveries/:delivery/redelivery'),
];
