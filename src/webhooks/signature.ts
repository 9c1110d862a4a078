import { createHmac } from 'node:crypto';

const prefix = 'whsec_';
/** What the Standard Webhooks scheme asks of a secret. */
const fewestBytes = 24;
const mostBytes = 64;

/** A secret in the form of the Standard Webhooks scheme. */
export function secretOf(bytes: Uint8Array): string {
  return `${prefix}${Buffer.from(bytes).toString('base64')}`;
}

/** Whether a text is a secret of the scheme: `whsec_` and 24 to 64 bytes in base64. */
export function isSecret(text: string): boolean {
  if (!text.startsWith(prefix)) return false;
  const bytes = Buffer.from(text.slice(prefix.length), 'base64');
  return secretOf(bytes) === text && bytes.length >= fewestBytes && bytes.length <= mostBytes;
}

/** What a request says of itself besides its body. */
export interface SignedMessage {
  /** The same for each attempt of the same message, so that a receiver can tell what it has seen. */
  readonly id: string;
  readonly sentAt: Date;
  readonly body: string;
}

/** The headers of the Standard Webhooks scheme, with a signature for each secret. */
export function signatureHeaders({ id, sentAt, body }: SignedMessage, secrets: readonly string[]) {
  const timestamp = Math.floor(sentAt.getTime() / 1000).toString();
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
