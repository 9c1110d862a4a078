import type { ChangeKind } from './model.ts';

const levels = 3;
const mostGroups = 10_000;

/** Stands for the folders that are too many to be told one by one. */
export const otherFolders = '…';

/** What was done in one way to what lies below a folder. */
export interface GroupedChanges {
  readonly folder: string;
  readonly kind: ChangeKind;
  readonly entries: number;
  /** Null where it was not sized. */
  readonly bytes: number | null;
}

/** Gathers changes one by one, in bounded memory however many there are. */
export interface ChangeGroups {
  /** `bytes` may be a fraction: the share of one name in a file with several. */
  add(path: string, kind: ChangeKind, bytes: number | null): void;
  groups(): GroupedChanges[];
}

/** The folder that a change is counted in: the one that it lies in, or its ancestor on the third level. */
export function folderOf(path: string): string {
  const names = path.split('/').filter((name) => name !== '');
  return `/${names.slice(0, -1).slice(0, levels).join('/')}`;
}

/** Starts empty. At most `most` groups come out; what does not fit of the smallest is gathered in {@link otherFolders}. */
export function createChangeGroups(most = mostGroups): ChangeGroups {
  let groups = new Map<string, GroupedChanges>();

  function count(folder: string, { kind, entries, bytes }: Omit<GroupedChanges, 'folder'>): void {
    const key = `${kind} ${folder}`;
    const known = groups.get(key);
    groups.set(key, {
      folder,
      kind,
      entries: (known?.entries ?? 0) + entries,
      bytes: known === undefined ? bytes : plus(known.bytes, bytes),
    });
  }

  /** Keeps the `kept` largest groups. */
  function fold(kept: number): void {
    const sorted = [...groups.values()].filter(({ folder }) => folder !== otherFolders).sort(largestFirst);
    const others = [...groups.values()].filter(({ folder }) => folder === otherFolders);
    groups = new Map();
    for (const group of [...others, ...sorted.slice(0, kept)]) count(group.folder, group);
    for (const group of sorted.slice(kept)) count(otherFolders, group);
  }

  return {
    add(path, kind, bytes) {
      count(folderOf(path), { kind, entries: 1, bytes });
      if (groups.size > 2 * most) fold(most);
    },
    groups() {
      // One place for each kind of what is gathered.
      if (groups.size > most) fold(most - 3);
      return [...groups.values()].map((group) => ({
        ...group,
        bytes: group.bytes === null ? null : Math.round(group.bytes),
      }));
    },
  };
}

function largestFirst(one: GroupedChanges, other: GroupedChanges): number {
  return (other.bytes ?? 0) - (one.bytes ?? 0) || other.entries - one.entries;
}

function plus(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}
