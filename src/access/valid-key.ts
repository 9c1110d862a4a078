import { fail } from '../errors.ts';

/** Throws `token_revoked` or `token_expired` for an API key that must not be used any more. */
export function requireValidKey({ expiresAt, revokedAt }: { expiresAt: Date | null; revokedAt: Date | null }): void {
  if (revokedAt !== null)
    throw fail('token_revoked', `The API key was revoked at ${revokedAt.toISOString()}; ask for a new one.`);
  if (expiresAt !== null && expiresAt.getTime() <= Date.now())
    throw fail('token_expired', `The API key expired at ${expiresAt.toISOString()}; ask for a new one.`);
}
