import type { Ports } from '../context.ts';
import { fail } from '../errors.ts';
import { apiKeyOf, hashOf } from './api-key.ts';
import { findKey } from './key-store.ts';
import type { ApiKey } from './model.ts';

interface Rotation {
  /** Id of the call: the same again when it is repeated after a crash, so that it makes the same key. */
  readonly onceId: string;
  /** How long the key that there was is still good, at most. */
  readonly overlapSeconds: number;
}

/**
 * Gives a token a new key. It stays the same token: its subject, roles, expiry, and what was made with it. Throws
 * `token_ended` for one that was revoked or has expired.
 */
export async function rotateKey(
  { db, vault }: Pick<Ports, 'db' | 'vault'>,
  id: string,
  { onceId, overlapSeconds }: Rotation,
): Promise<ApiKey & { key: string }> {
  const key = apiKeyOf(vault, id, onceId);
  const hash = hashOf(key);
  await db.$transaction(async (tx) => {
    await tx.$queryRaw`select from api_keys where id = ${id}::uuid for update`;
    const { secretId, revokedAt, expiresAt } = await tx.apiKey.findUniqueOrThrow({ where: { id } });
    if (revokedAt !== null || (expiresAt !== null && expiresAt.getTime() <= Date.now()))
      throw fail('token_ended', `The API key ${id} was revoked or has expired; make another one.`);
    if (secretId === onceId) return;
    const now = new Date();
    const endsAt = new Date(now.getTime() + overlapSeconds * 1000);
    await tx.apiKeySecret.updateMany({
      where: { keyId: id, OR: [{ endsAt: null }, { endsAt: { gt: endsAt } }] },
      data: { endsAt },
    });
    await tx.apiKeySecret.create({ data: { hash, keyId: id } });
    await tx.apiKey.update({ where: { id }, data: { secretId: onceId, rotatedAt: now } });
  });
  const rotated = await findKey(db, id);
  if (rotated === null) throw fail('token_not_found', `There is no API key "${id}".`);
  return { ...rotated, key };
}
