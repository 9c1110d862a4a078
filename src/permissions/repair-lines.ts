import { type Change, type DatabaseKind, databaseKinds, type Standing } from './guard-databases.ts';
import { decodePath } from './survey.ts';

/** A kind of change with some of the entries. */
export interface TalliedChange extends Change {
  readonly paths: readonly string[];
}

/** The data of a database that the helper found, with what changes in it. */
export interface FoundDatabase {
  readonly kind: DatabaseKind;
  readonly path: string;
  readonly before: Standing;
  readonly after: Standing;
  readonly mainOwner: number | null;
  readonly changes: readonly TalliedChange[];
}

/** Numbers of the helper. */
export interface RepairCounts {
  readonly entries: number;
  readonly changed: number;
  readonly vanished: number;
  readonly failed: number;
  readonly foreign: number;
  readonly excluded: number;
  readonly protected: number;
  readonly deep: number;
  readonly replaced: number;
}

/** What repair.pl and undo.pl have told. */
export interface RepairReader {
  read(line: string): void;
  readonly seen: number;
  readonly counts: RepairCounts;
  readonly before: Standing | null;
  readonly after: Standing | null;
  /** All changes, those in databases included. */
  readonly changes: readonly TalliedChange[];
  readonly databases: readonly FoundDatabase[];
  /** What was left because it is the data of a database that the plan did not know. */
  readonly left: readonly string[];
  readonly failures: readonly string[];
  readonly hasEnded: boolean;
}

/** Makes a reader. */
export function repairReader(): RepairReader {
  const counts = new Map<string, number>();
  const changes: { readonly database: string; readonly change: TalliedChange }[] = [];
  const databases: Omit<FoundDatabase, 'changes'>[] = [];
  const state = { seen: 0, hasEnded: false };
  let top: { before: Standing; after: Standing } | null = null;
  const left: string[] = [];
  const failures: string[] = [];
  const count = (word: string) => counts.get(word) ?? 0;

  return {
    left,
    failures,
    get seen() {
      return state.seen;
    },
    get hasEnded() {
      return state.hasEnded;
    },
    get before() {
      return top?.before ?? null;
    },
    get after() {
      return top?.after ?? null;
    },
    get counts() {
      return {
        entries: count('entries'),
        changed: count('changed'),
        vanished: count('vanished'),
        failed: count('failed'),
        foreign: count('foreign'),
        excluded: count('excluded'),
        protected: count('protected'),
        deep: count('deep'),
        replaced: count('replaced'),
      };
    },
    get changes() {
      return changes.map(({ change }) => change);
    },
    get databases() {
      return databases.map((database, index) => ({
        ...database,
        changes: changes.flatMap((one) => (one.database === String(index + 1) ? [one.change] : [])),
      }));
    },
    read(line) {
      const [word = '', ...rest] = line.split(' ');
      if (word === 'progress') state.seen = Number(rest[0]);
      else if (word === 'top') top = { before: standing(rest), after: standing(rest.slice(3)) };
      else if (word === 'database') databases.push(toDatabase(rest));
      else if (word === 'change') changes.push({ database: rest[0] ?? '', change: toChange(rest.slice(1)) });
      else if (word === 'protected') left.push(decodePath(rest[1] ?? ''));
      else if (word === 'failed') failures.push(`${decodePath(rest[0] ?? '')}: ${rest.slice(1).join(' ')}`);
      else if (word === 'count') counts.set(rest[0] ?? '', Number(rest[1]));
      else if (word === 'end') state.hasEnded = true;
    },
  };
}

function standing([mode = '', uid = '', gid = '']: readonly string[]): Standing {
  return { mode: Number.parseInt(mode, 8), uid: Number(uid), gid: Number(gid) };
}

function toDatabase([, kind, path = '', ...rest]: readonly string[]): Omit<FoundDatabase, 'changes'> {
  const owner = Number(rest[6]);
  return {
    kind: databaseKinds.find((known) => known === kind) ?? 'postgresql',
    path: decodePath(path),
    before: standing(rest),
    after: standing(rest.slice(3)),
    mainOwner: owner < 0 ? null : owner,
  };
}

const kindsOfChange = ['owner', 'folder-mode', 'file-mode', 'acl'] as const;

function toChange([what, from = '', to = '', entries = '', ...paths]: readonly string[]): TalliedChange {
  return {
    what: kindsOfChange.find((known) => known === what) ?? 'acl',
    from,
    to,
    entries: Number(entries),
    paths: paths.map(decodePath),
  };
}
