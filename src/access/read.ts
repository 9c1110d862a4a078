import type { Ports } from '../context.ts';
import { fail } from '../errors.ts';
import { actorOfChain, chainOfId } from './key-chain.ts';
import { type Actor, systemActor } from './roles.ts';
import { grantsOf } from './subject-grants.ts';

export { administeredProject } from './administered-project.ts';
export { recordAudit } from './audit.ts';
export { sealAudit } from './audit-seals.ts';
export { instantOf } from './instant.ts';
export { verifyIssued } from './oidc.ts';

/**
 * The actor behind a stored subject and the key that it called with, with the grants of this moment: for work that was
 * asked for earlier. Throws `token_revoked`, `token_expired` and `service_account_disabled` when the key must not be used
 * any more.
 */
export async function loadActor(
  { db }: Pick<Ports, 'db'>,
  { subject, key }: { readonly subject: string; readonly key: string | null },
): Promise<Actor> {
  if (subject === systemActor.subject) return systemActor;
  const id = key ?? (subject.startsWith('key:') ? subject.slice('key:'.length) : null);
  if (id === null) return { subject, name: subject, grants: await grantsOf(db, subject) };
  const chain = await chainOfId(db, id);
  if (chain === null) throw fail('token_revoked', 'The API key that asked for this is gone.');
  return actorOfChain(chain);
}
