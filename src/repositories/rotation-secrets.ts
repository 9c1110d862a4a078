import type { Ports } from '../context.ts';
import type { Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { openSecret, repositoryNotFound, sealSecret } from './open-repository.ts';
import { findRepositoryRow } from './store.ts';

type Sealing = Pick<Ports, 'vault'>;

/** The password that a job is to give a repository, as it is written down on the job. */
export function sealRotation({ vault }: Sealing, id: string, password: string): string {
  return Buffer.from(vault.seal(password, rotationPurpose(id))).toString('base64');
}

/** Throws `master_key_wrong`. */
export function openRotation({ vault }: Sealing, id: string, sealed: string): string {
  return vault.open(Buffer.from(sealed, 'base64'), rotationPurpose(id));
}

/** The password that opens a repository, and the one that may open it besides and is to do so no more. */
export interface Passwords {
  readonly current: string;
  readonly spare: string | null;
}

/** Throws `repository_not_found`, and `master_key_wrong`. */
export async function readPasswords(ports: Pick<Ports, 'db' | 'vault'>, id: string): Promise<Passwords> {
  const row = await requireRow(ports.db, id);
  const { spareSecret } = row;
  return {
    current: openSecret(ports, row).password,
    spare: spareSecret === null ? null : ports.vault.open(spareSecret, sparePurpose(id)),
  };
}

/** Writes down what may open a repository besides its password, before it does; null: nothing does any more. */
export async function keepSpare({ db, vault }: Pick<Ports, 'db' | 'vault'>, id: string, spare: string | null) {
  const spareSecret = spare === null ? null : vault.seal(spare, sparePurpose(id));
  await db.repository.updateMany({ where: { id }, data: { spareSecret } });
}

/** The spare password and the current one change places, at once. Throws `version_mismatch` when the secret was edited meanwhile. */
export async function exchangePasswords(
  ports: Pick<Ports, 'db' | 'vault'>,
  id: string,
  { current, next }: { readonly current: string; readonly next: string },
): Promise<void> {
  const row = await requireRow(ports.db, id);
  const secret = openSecret(ports, row);
  const changed = sealSecret(ports, id, { ...secret, password: next });
  const { count } =
    secret.password === current
      ? await ports.db.repository.updateMany({
          where: { id, secret: row.secret },
          data: {
            secret: changed,
            spareSecret: ports.vault.seal(current, sparePurpose(id)),
            version: { increment: 1 },
          },
        })
      : { count: 0 };
  if (count === 0)
    throw fail(
      'version_mismatch',
      `The credentials of repository "${row.name}" were edited while its password was to be rotated; ask for the rotation again.`,
    );
}

async function requireRow(db: Reader, id: string) {
  const row = await findRepositoryRow(db, id);
  if (row === null) throw repositoryNotFound(id);
  return row;
}

function rotationPurpose(id: string): string {
  return `repository/${id}/rotation`;
}

function sparePurpose(id: string): string {
  return `repository/${id}/spare`;
}
