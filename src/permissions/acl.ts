/** One entry of a POSIX ACL. `id` is null for the entries that name nobody. */
export interface AclEntry {
  readonly tag: 'user_obj' | 'user' | 'group_obj' | 'group' | 'mask' | 'other';
  readonly id: number | null;
  /** Bits of read (4), write (2) and execute or search (1). */
  readonly bits: number;
}

const tags: Readonly<Record<number, AclEntry['tag']>> = {
  1: 'user_obj',
  2: 'user',
  4: 'group_obj',
  8: 'group',
  16: 'mask',
  32: 'other',
};
const version = 2;
const headerBytes = 4;
const entryBytes = 8;

/**
 * Reads an ACL as the kernel gives it in the attributes `system.posix_acl_access` and `system.posix_acl_default`, in hex digits.
 * Gives null for what is none.
 */
export function parseAcl(hex: string): AclEntry[] | null {
  const raw = Buffer.from(hex, 'hex');
  if (raw.length < headerBytes || (raw.length - headerBytes) % entryBytes !== 0) return null;
  if (raw.readUInt32LE(0) !== version) return null;
  const entries: AclEntry[] = [];
  for (let at = headerBytes; at < raw.length; at += entryBytes) {
    const tag = tags[raw.readUInt16LE(at)];
    if (tag === undefined) return null;
    const names = tag === 'user' || tag === 'group';
    entries.push({ tag, id: names ? raw.readUInt32LE(at + 4) : null, bits: raw.readUInt16LE(at + 2) & 7 });
  }
  return entries;
}

/** Bits in letters, such as `r-x`. */
export function letters(bits: number): string {
  return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
}

const words = { user_obj: 'user', user: 'user', group_obj: 'group', group: 'group', mask: 'mask', other: 'other' };

/** An entry as `getfacl` writes it, with numbers: `user:1000:r-x`. */
export function aclText({ tag, id, bits }: AclEntry): string {
  return `${words[tag]}:${id ?? ''}:${letters(bits)}`;
}
