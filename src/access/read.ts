import type { Ports } from '../context.ts';
import { fail } from '../errors.ts';
import { type Actor, systemActor } from './roles.ts';
import { findKeyById, grantsOf } from './store.ts';
import { requireValidKey } from './valid-key.ts';

export { recordAudit } from './audit.ts';
export { instantOf } from './instant.ts';

/**
 * The actor behind a stored subject, with the grants of this moment: for work that was asked for earlier. Throws
 * `token_revoked` and `token_expired` when the API key must not be used any more.
 */
export async function loadActor({ db }: Pick<Ports, 'db'>, subject: string): Promise<Actor> {
  if (subject === systemActor.subject) return systemActor;
  if (!subject.startsWith('key:')) return { subject, name: subject, grants: await grantsOf(db, subject) };
  const key = await findKeyById(db, subject.slice('key:'.length));
  if (key === null) throw fail('token_revoked', 'The API key that asked for this is gone.');
  requireValidKey(key);
  return { subject, name: key.name, grants: await grantsOf(db, subject) };
}
