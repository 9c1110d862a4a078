import type { AclEntry } from './acl.ts';

/** Who asks for access, as the kernel of the host sees it. */
export interface Subject {
  readonly uid: number;
  /** The primary group and the supplementary ones. */
  readonly groups: ReadonlySet<number>;
  /** Effective capabilities, without `CAP_`. */
  readonly capabilities: ReadonlySet<string>;
  /** The mount is read-only. */
  readonly readOnly: boolean;
  /** Users and groups of its user namespace: its capabilities count for what belongs to these alone. Null: for all. */
  readonly mapped: { readonly users: readonly IdRange[]; readonly groups: readonly IdRange[] } | null;
}

/** Ids on the host from `first` on, `count` of them. */
export interface IdRange {
  readonly first: number;
  readonly count: number;
}

/** What a file or folder says of who may use it. */
export interface Entry {
  readonly type: 'folder' | 'file' | 'link' | 'other';
  readonly uid: number;
  readonly gid: number;
  /** The last twelve bits: permissions, sticky, set-group-id and set-user-id. */
  readonly mode: number;
  readonly acl: readonly AclEntry[] | null;
}

/** An entry in its place: the folders above it up to the root of the mount, the root first. The root has none. */
export interface Placed {
  readonly entry: Entry;
  readonly above: readonly Entry[];
}

export const actions = ['list', 'read', 'write', 'create', 'delete'] as const;
export type Action = (typeof actions)[number];

export const causes = [
  'owner',
  'group',
  'other',
  'acl_user',
  'acl_group',
  'acl_mask',
  'sticky',
  'read_only',
  'root_of_mount',
] as const;
/** What denies: the bits of owner, group or others, an entry of the ACL or its mask, the sticky bit of the folder, or the mount. */
export type Cause = (typeof causes)[number];

export type Decision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly cause: Cause;
      /** What was asked of `entry`, in bits: read (4), write (2), execute or search (1). */
      readonly want: number;
      /** Which entry denies: the one itself, or by its place the folder above it. */
      readonly by: Entry;
      readonly place: number | 'itself';
      /** The ACL entry that denies. */
      readonly acl: AclEntry | null;
    };

const allowed = { allowed: true } as const;
const read = 4;
const write = 2;
const search = 1;

/** Which actions there are with a type of entry; the content of what a link names has its own rights. */
export function actionsOn(type: Entry['type']): readonly Action[] {
  if (type === 'folder') return ['list', 'create', 'delete'];
  return type === 'link' ? ['delete'] : ['read', 'write', 'delete'];
}

/**
 * Whether a subject may do something with an entry, decided as Linux does (`generic_permission`, `posix_acl_permission`, `may_delete`
 * of its VFS): the first entry on the way that denies, and what of it. What SELinux, attributes such as immutable, or a file
 * system over the network deny besides is not seen here.
 */
export function canAccess(subject: Subject, { entry, above }: Placed, action: Action): Decision {
  for (const [place, folder] of above.entries()) {
    const decision = decide(subject, folder, search, place);
    if (!decision.allowed) return decision;
  }
  const changesMount = action === 'create' || action === 'delete' || action === 'write';
  if (subject.readOnly && changesMount && !(action === 'write' && entry.type === 'other'))
    return denied('read_only', write, entry, 'itself');
  if (action === 'delete') return canDelete(subject, { entry, above });
  return decide(subject, entry, wanted[action], 'itself');
}

const wanted = { list: read | search, read, write, create: write | search } as const;

function canDelete(subject: Subject, { entry, above }: Placed): Decision {
  const place = above.length - 1;
  const folder = above[place];
  if (folder === undefined) return denied('root_of_mount', write, entry, 'itself');
  const decision = decide(subject, folder, write | search, place);
  if (!decision.allowed) return decision;
  const sticky = (folder.mode & 0o1000) !== 0;
  if (!sticky || subject.uid === entry.uid || subject.uid === folder.uid || isCapable(subject, 'FOWNER', entry))
    return allowed;
  return denied('sticky', write, folder, place);
}

/** Whether the subject may use an entry in the ways of the bits `want`; `place` is only handed on. */
function decide(subject: Subject, entry: Entry, want: number, place: number | 'itself'): Decision {
  const refusal = refusalOf(subject, entry, want);
  if (refusal === null || overrides(subject, entry, want)) return allowed;
  return { allowed: false, want, by: entry, place, ...refusal };
}

interface Refusal {
  readonly cause: Cause;
  readonly acl: AclEntry | null;
}

function refusalOf(subject: Subject, { uid, gid, mode, acl }: Entry, want: number): Refusal | null {
  if (subject.uid === uid) return grants(mode >> 6, want) ? null : { cause: 'owner', acl: null };
  // The kernel does not look at the ACL at all when its mask, which stands in the bits of the group, is empty.
  if (acl !== null && (mode & 0o070) !== 0) return refusalOfAcl(subject, gid, acl, want);
  if (!subject.groups.has(gid)) return grants(mode, want) ? null : { cause: 'other', acl: null };
  return grants(mode >> 3, want) ? null : { cause: 'group', acl: null };
}

function refusalOfAcl(subject: Subject, gid: number, acl: readonly AclEntry[], want: number): Refusal | null {
  const mask = acl.find(({ tag }) => tag === 'mask') ?? null;
  const masked = (entry: AclEntry, otherwise: Cause): Refusal | null => {
    if (!grants(entry.bits, want)) return { cause: otherwise, acl: entry };
    return mask === null || grants(mask.bits, want) ? null : { cause: 'acl_mask', acl: entry };
  };
  const named = acl.find(({ tag, id }) => tag === 'user' && id === subject.uid);
  if (named !== undefined) return masked(named, 'acl_user');
  const ofGroups = acl.filter(
    ({ tag, id }) =>
      (tag === 'group_obj' && subject.groups.has(gid)) || (tag === 'group' && id !== null && subject.groups.has(id)),
  );
  const best = ofGroups.find(({ bits }) => grants(bits, want)) ?? ofGroups[0];
  if (best !== undefined) return masked(best, best.tag === 'group_obj' ? 'group' : 'acl_group');
  const other = acl.find(({ tag }) => tag === 'other');
  return other !== undefined && grants(other.bits, want) ? null : { cause: 'other', acl: null };
}

function grants(bits: number, want: number): boolean {
  return (bits & want) === want;
}

/** Whether capabilities reach where the bits do not. */
function overrides(subject: Subject, entry: Entry, want: number): boolean {
  if (entry.type === 'folder') {
    if ((want & write) === 0 && isCapable(subject, 'DAC_READ_SEARCH', entry)) return true;
    return isCapable(subject, 'DAC_OVERRIDE', entry);
  }
  if (want === read && isCapable(subject, 'DAC_READ_SEARCH', entry)) return true;
  return isCapable(subject, 'DAC_OVERRIDE', entry);
}

function isCapable({ capabilities, mapped }: Subject, capability: string, { uid, gid }: Entry): boolean {
  if (!capabilities.has(capability)) return false;
  return mapped === null || (isIn(mapped.users, uid) && isIn(mapped.groups, gid));
}

function isIn(ranges: readonly IdRange[], id: number): boolean {
  return ranges.some(({ first, count }) => id >= first && id < first + count);
}

function denied(cause: Cause, want: number, by: Entry, place: number | 'itself'): Decision {
  return { allowed: false, cause, want, by, place, acl: null };
}
