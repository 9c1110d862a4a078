import { fail } from '../errors.ts';
import type { Vault } from '../vault.ts';
import { isSecret, secretOf } from './signature.ts';
import type { WebhookRow } from './webhook-row.ts';

/**
 * The secret that a call gives a webhook: the given one, else a new one that follows from the call, so that a call which is
 * repeated after a crash gives the same again. Throws `invalid_input` for one that is none.
 */
export function chosenSecret(vault: Vault, onceId: string, given: string | undefined): string {
  if (given === undefined) return secretOf(vault.derive(`webhook secret of call ${onceId}`));
  if (isSecret(given)) return given;
  throw fail('invalid_input', '/secret: it must be `whsec_` and 24 to 64 bytes in base64; leave it out to get one.');
}

export function sealSecret(vault: Vault, webhook: string, secret: string): Uint8Array<ArrayBuffer> {
  return vault.seal(secret, purposeOf(webhook));
}

/** The secret of a webhook. Throws `master_key_wrong`. */
export function openSecret(vault: Vault, { id, secret }: Pick<WebhookRow, 'id' | 'secret'>): string {
  return vault.open(secret, purposeOf(id));
}

/** What requests are signed with now: the secret, and the one before while receivers may still check with it. */
export function signingSecrets(vault: Vault, row: WebhookRow, now: Date): string[] {
  const { previousSecret: previous, previousSecretUntil: until } = row;
  const current = openSecret(vault, row);
  return previous !== null && until !== null && until > now
    ? [current, vault.open(previous, purposeOf(row.id))]
    : [current];
}

function purposeOf(webhook: string): string {
  return `webhook ${webhook}`;
}
