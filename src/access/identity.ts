import type { Ports } from '../context.ts';
import { fail } from '../errors.ts';
import { hashOf, looksLikeApiKey } from './api-key.ts';
import { actorOfChain, chainOfHash } from './key-chain.ts';
import { keyUsed } from './key-store.ts';
import { verifyIssued } from './oidc.ts';
import type { Actor } from './roles.ts';
import { grantsOf } from './subject-grants.ts';

const shapeOfJwt = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/**
 * Tells who a bearer credential belongs to, with the grants of this moment (nothing is cached); null without a header. It
 * may be an API key, a session, or a token of the OIDC issuer. `address` is where the call comes from. Throws
 * `unauthenticated`, `token_expired`, `token_revoked`, `service_account_disabled` and `issuer_unavailable`.
 */
export async function authenticate(ports: Ports, header: string | undefined, address: string): Promise<Actor | null> {
  if (header === undefined) return null;
  const [, credential] = /^Bearer +(\S+)$/i.exec(header) ?? [];
  if (credential === undefined)
    throw fail('unauthenticated', 'The header must be "Authorization: Bearer …", with an API key or a token.');
  if (looksLikeApiKey(credential)) return await actorOfKey(ports, credential, address);
  if (!shapeOfJwt.test(credential))
    throw fail('unauthenticated', 'The credential is neither an API key of Stowage nor a token.');
  return isIssuedElsewhere(ports, credential)
    ? await actorOfUser(ports, credential)
    : await actorOfSession(ports, credential);
}

async function actorOfKey({ db }: Ports, credential: string, address: string): Promise<Actor> {
  const chain = await chainOfHash(db, hashOf(credential));
  if (chain === null) throw fail('unauthenticated', 'There is no such API key.');
  const actor = actorOfChain(chain);
  await keyUsed(db, chain.links[0], address);
  return actor;
}

/** A session names the hash of the key that it was made from, and is worth what that one is worth now. */
async function actorOfSession({ db, sessions }: Ports, token: string): Promise<Actor> {
  const hash = new Uint8Array(Buffer.from(sessions.verify(token).replace(/^key:/, ''), 'base64url'));
  const chain = await chainOfHash(db, hash);
  if (chain === null) throw fail('token_revoked', 'The API key of this session is gone.');
  return { ...actorOfChain(chain), isSession: true };
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
