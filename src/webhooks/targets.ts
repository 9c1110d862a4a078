import { fail } from '../errors.ts';
import type { Target } from '../operation.ts';
import { findWebhookRow } from './store.ts';

/** A webhook belongs to its project; one of all events to who administers everything. */
export const webhookTarget: Target<{ webhook: string }> = {
  find: ({ ports }, { webhook }) => findWebhookRow(ports.db, webhook),
  absent: ({ webhook }) => fail('webhook_not_found', `There is no webhook "${webhook}".`),
};
