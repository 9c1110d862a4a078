import { field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const webhookGraphql = graphql({
  Query: {
    webhooks: field(operations.listWebhooks),
    webhook: field(operations.getWebhook, { nullable: true }),
    webhookDeliveries: field(operations.listDeliveries),
    webhookDelivery: field(operations.getDelivery, { nullable: true }),
  },
  Mutation: {
    createWebhook: field(operations.createWebhook),
    updateWebhook: field(operations.updateWebhook),
    deleteWebhook: field(operations.deleteWebhook),
    rotateWebhookSecret: field(operations.rotateWebhookSecret),
    testWebhook: field(operations.testWebhook),
    redeliverWebhookEvent: field(operations.redeliverEvent),
  },
});
