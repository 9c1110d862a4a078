import { octal } from './explain.ts';

export const databaseKinds = ['postgresql', 'mysql', 'redis'] as const;
/** Databases whose data is known by its files: `mysql` is MariaDB too, `redis` also what is made after it. */
export type DatabaseKind = (typeof databaseKinds)[number];

/** How an entry stands, or shall stand. */
export interface Standing {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** How many entries change from one thing to another. */
export interface Change {
  readonly what: 'owner' | 'folder-mode' | 'file-mode' | 'acl';
  /** `uid:gid`, or a mode in octal digits. */
  readonly from: string;
  readonly to: string;
  readonly entries: number;
}

/** The data of a database in a volume, and what a repair would do to it. */
export interface GuardedDatabase {
  readonly kind: DatabaseKind;
  readonly path: string;
  readonly before: Standing;
  readonly after: Standing;
  /** Owner of its main file; null when that is not known. */
  readonly mainOwner: number | null;
  readonly changes: readonly Change[];
  /** Users that the servers of this kind run as, of the containers that have the volume. */
  readonly servers: readonly number[];
}

const names: Record<DatabaseKind, string> = { postgresql: 'PostgreSQL', mysql: 'MySQL or MariaDB', redis: 'Redis' };
const ownerOnly = [0o700, 0o750];

/** Why a repair would break a database, in sentences; none when it would not. */
export function guardDatabase(database: GuardedDatabase): string[] {
  const { kind, path, before, after, changes } = database;
  const owners = ownersOf(database);
  const name = names[kind];
  const where = path === '.' ? 'the root of the volume' : `"${path}"`;
  const belongs = `must belong to the user that its server runs as (${owners.join(' or ')})`;
  const reasons: string[] = [];
  if (after.uid !== before.uid && !owners.includes(after.uid))
    reasons.push(`The data folder of ${name}, ${where}, ${belongs}; the repair would give it to ${after.uid}.`);
  for (const { from, to, entries } of changes.filter(({ what }) => what === 'owner')) {
    const given = uidOf(to);
    if (given === uidOf(from) || owners.includes(given)) continue;
    reasons.push(`The files of ${name} in ${where} ${belongs}; the repair would give ${entries} of them to ${given}.`);
  }
  if (kind === 'postgresql' && after.mode !== before.mode && !ownerOnly.includes(after.mode))
    reasons.push(
      `PostgreSQL does not start unless its data folder, ${where}, has mode 0700 or 0750; the repair would make it ${octal(after.mode)}.`,
    );
  for (const change of changes) {
    const reason = modeReason(change);
    if (reason !== null) reasons.push(`${reason} in the data of ${name}, ${where}: ${change.from} to ${change.to}.`);
  }
  return reasons;
}

/** Where no container tells whom its server runs as, its main file does. */
function ownersOf({ servers, mainOwner, before }: GuardedDatabase): readonly number[] {
  return servers.length > 0 ? servers : [mainOwner ?? before.uid];
}

function uidOf(owner: string): number {
  return Number(owner.split(':')[0]);
}

function modeReason({ what, from, to, entries }: Change): string | null {
  if (what !== 'folder-mode' && what !== 'file-mode') return null;
  const [before, after] = [Number.parseInt(from, 8), Number.parseInt(to, 8)];
  const needed = what === 'folder-mode' ? 0o700 : 0o600;
  const noun = what === 'folder-mode' ? 'folders' : 'files';
  if ((before & needed & ~after) !== 0) return `The server could not use ${entries} ${noun} any more`;
  return (after & ~before & 0o002) !== 0 ? `Everybody could write to ${entries} ${noun}` : null;
}
