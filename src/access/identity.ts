import type { Ports } from '../context.ts';
import { fail } from '../errors.ts';
import { hashOf, looksLikeApiKey } from './api-key.ts';
import { verifyIssued } from './oidc.ts';
import type { Actor } from './roles.ts';
import { findKeyByHash, findKeyById, grantsOf, keyUsed } from './store.ts';
import { requireValidKey } from './valid-key.ts';

const shapeOfJwt = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/**
 * Tells who a bearer credential belongs to, with the grants of this moment (nothing is cached); null without a header. It
 * may be an API key, a session, or a token of the OIDC issuer. Throws `unauthenticated`, `token_expired`, `token_revoked`
 * and `issuer_unavailable`.
 */
export async function authenticate(ports: Ports, header: string | undefined): Promise<Actor | null> {
  if (header === undefined) return null;
  const [, credential] = /^Bearer +(\S+)$/i.exec(header) ?? [];
  if (credential === undefined)
    throw fail('unauthenticated', 'The header must be "Authorization: Bearer …", with an API key or a token.');
  if (looksLikeApiKey(credential)) return await actorOfKey(ports, credential);
  if (!shapeOfJwt.test(credential))
    throw fail('unauthenticated', 'The credential is neither an API key of Stowage nor a token.');
  return isIssuedElsewhere(ports, credential)
    ? await actorOfUser(ports, credential)
    : await actorOfSession(ports, credential);
}

async function actorOfKey({ db }: Ports, credential: string): Promise<Actor> {
  const key = await findKeyByHash(db, hashOf(credential));
  if (key === null) throw fail('unauthenticated', 'There is no such API key.');
  requireValidKey(key);
  await keyUsed(db, key);
  const subject = `key:${key.id}`;
  return { subject, name: key.name, grants: await grantsOf(db, subject) };
}

/** A session is worth what its API key is worth now: revoking the key ends it. */
async function actorOfSession({ db, sessions }: Ports, token: string): Promise<Actor> {
  const subject = sessions.verify(token);
  const key = await findKeyById(db, subject.replace(/^key:/, ''));
  if (key === null) throw fail('token_revoked', 'The API key of this session is gone.');
  requireValidKey(key);
  return { subject, name: key.name, grants: await grantsOf(db, subject), isSession: true };
}

async function actorOfUser({ db, config }: Ports, token: string): Promise<Actor> {
  const { subject, name } = await verifyIssued(config, token);
  return { subject, name, grants: await grantsOf(db, subject) };
}

/** Which check a token is put to; it decides nothing else, so an unverified claim is good enough. */
function isIssuedElsewhere({ config }: Ports, token: string): boolean {
  if (config.oidc === undefined) return false;
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return typeof claims === 'object' && claims !== null && 'iss' in claims && claims.iss === config.oidc.issuer;
  } catch {
    return false;
  }
}
