import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { fail } from './errors.ts';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Seals secrets under the master key, which is kept outside the database. */
export interface Vault {
  /** Encrypts and authenticates `secret`; `purpose` is bound to it and must be given again to open it. */
  seal(secret: string, purpose: string): Uint8Array<ArrayBuffer>;
  /** Throws `master_key_wrong` when the bytes were sealed under another key or for another purpose, or were changed. */
  open(sealed: Uint8Array, purpose: string): string;
  /** A key for another use, derived from the master key; the same in every replica. */
  derive(purpose: string): Uint8Array<ArrayBuffer>;
  /** Names this installation on Docker objects; it survives the loss of the database, as the master key does. */
  readonly installation: string;
}

/** Opens the vault with a master key of 32 bytes. */
export function openVault(masterKey: Uint8Array): Vault {
  if (masterKey.length !== 32)
    throw fail('master_key_wrong', `The master key must be 32 bytes, not ${masterKey.length}.`);
  const derive = (purpose: string) => new Uint8Array(hkdfSync('sha256', masterKey, 'stowage', purpose, 32));
  const sealingKey = derive('seal');

  return {
    derive,
    installation: createHmac('sha256', masterKey).update('installation').digest('hex').slice(0, 16),

    seal(secret, purpose) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, sealingKey, nonce).setAAD(Buffer.from(purpose));
      return new Uint8Array(Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]));
    },

    open(sealed, purpose) {
      const bytes = Buffer.from(sealed);
      try {
        const decipher = createDecipheriv(algorithm, sealingKey, bytes.subarray(0, nonceBytes))
          .setAAD(Buffer.from(purpose))
          .setAuthTag(bytes.subarray(-tagBytes));
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString(
          'utf8',
        );
      } catch (cause) {
        throw fail('master_key_wrong', {
          detail: `The master key does not open the secret of ${purpose}; start with the key it was sealed under.`,
          cause,
        });
      }
    },
  };
}
