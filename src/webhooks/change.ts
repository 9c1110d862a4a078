import type { Static } from 'typebox';
import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { newestPosition, typesMatching } from '../events/read.ts';
import type { NewWebhook, Webhook } from './model.ts';
import { requireReceiver } from './receiver.ts';
import { chosenSecret, openSecret, sealSecret } from './secrets.ts';
import * as store from './store.ts';
import { webhookTarget } from './targets.ts';
import { toWebhook, type WebhookRow } from './webhook-row.ts';

/** All events, also of types that there will be. */
const everything = ['stowage.*'];

interface Wish {
  readonly url: string;
  readonly types?: readonly string[];
  readonly project?: string;
  readonly description?: string;
  readonly secret?: string;
}

/** Makes a webhook. Throws `invalid_input` for an address, a type or a secret that does not serve. */
export async function create(
  { ports: { db, vault, config }, actor, onceId }: AdmittedContext,
  { url, types = everything, project, description, secret: given }: Wish,
): Promise<Static<typeof NewWebhook>> {
  typesMatching(types);
  const secret = chosenSecret(vault, onceId, given);
  const row = await store.createWebhook(db, {
    id: onceId,
    url: requireReceiver(url, config.webhooks.networks),
    types,
    project: project ?? null,
    description: description ?? null,
    secret: sealSecret(vault, onceId, secret),
    createdBy: actor.subject,
  });
  return { ...toWebhook(row), secret };
}

interface Changes {
  readonly url?: string;
  readonly types?: readonly string[];
  readonly description?: string | null;
  readonly isEnabled?: boolean;
}

/** Edits a webhook; one that is enabled again begins anew, with what happens from now on. Throws as {@link create}, and `version_mismatch`. */
export async function edit(
  { ports: { db, config, notices } }: AdmittedContext,
  id: string,
  { url, types, description, isEnabled }: Changes,
  expectedVersion: number | undefined,
): Promise<Webhook> {
  const row = await found(db, id, expectedVersion);
  if (types !== undefined) typesMatching(types);
  const position = await newestPosition(db);
  const again = isEnabled === true && !row.isEnabled;
  const edited = await store.editWebhook(db, id, row.version, {
    ...(url === undefined ? {} : { url: requireReceiver(url, config.webhooks.networks) }),
    ...(types === undefined ? {} : { types: [...types] }),
    ...(description === undefined ? {} : { description }),
    ...(isEnabled === undefined ? {} : { isEnabled, disabledReason: null }),
    // Another address, or being enabled again, is another chance.
    ...(again || url !== undefined ? { failures: 0, failingSince: null, retryAt: null } : {}),
    ...(again ? { position } : {}),
  });
  await notices.publish({ topic: 'event', id: '*' });
  return toWebhook(edited);
}

/** Gives a webhook another secret; a repeated call gives the same one. Throws `invalid_input` and `version_mismatch`. */
export async function rotateSecret(
  { ports: { db, vault }, onceId }: AdmittedContext,
  id: string,
  { secret: given, overlapHours }: { readonly secret: string | undefined; readonly overlapHours: number },
  expectedVersion: number | undefined,
): Promise<Static<typeof NewWebhook>> {
  const secret = chosenSecret(vault, onceId, given);
  const row = await found(db, id, undefined);
  if (openSecret(vault, row) === secret) return { ...toWebhook(row), secret };
  if (expectedVersion !== undefined && expectedVersion !== row.version) throw outdated(row);
  const edited = await store.editWebhook(db, id, row.version, {
    secret: sealSecret(vault, id, secret),
    previousSecret: new Uint8Array(row.secret),
    previousSecretUntil: new Date(Date.now() + overlapHours * 3_600_000),
  });
  return { ...toWebhook(edited), secret };
}

async function found(db: AdmittedContext['ports']['db'], id: string, version: number | undefined): Promise<WebhookRow> {
  const row = await store.findWebhookRow(db, id);
  if (row === null) throw webhookTarget.absent({ webhook: id });
  if (version !== undefined && version !== row.version) throw outdated(row);
  return row;
}

function outdated({ id, version }: WebhookRow) {
  return fail('version_mismatch', `Webhook ${id} has changed meanwhile (version ${version}); read it again.`);
}
