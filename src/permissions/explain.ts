import { aclText, letters } from './acl.ts';
import type { Action, Decision, Entry, Subject } from './can-access.ts';

type Denial = Extract<Decision, { allowed: false }>;

const verbs: Record<Action, string> = {
  list: 'listed',
  read: 'read',
  write: 'written to',
  create: 'added to',
  delete: 'removed',
};
const nouns: Record<Entry['type'], string> = { folder: 'folder', file: 'file', link: 'link', other: 'special file' };

/**
 * Why something is denied, in a sentence that names the numbers. `name` is what the subject is called, `folder` the path of a folder
 * that denies in this way, when it is not the entry itself.
 */
export function explain(
  denial: Denial,
  { action, subject, name, folder }: { action: Action; subject: Subject; name: string; folder: string | null },
): string {
  const what = folder === null ? `The ${nouns[denial.by.type]}` : `A folder such as "${folder}"`;
  const consequence = folder === null ? '' : `, so what is in it cannot be ${verbs[action]}`;
  if (denial.cause === 'read_only') return `The mount is read-only, so nothing can be ${verbs[action]}.`;
  if (denial.cause === 'root_of_mount') return 'The mounted folder itself cannot be removed.';
  if (denial.cause === 'sticky')
    return `${what} ${describe(denial.by)} is sticky: only the owner of an entry, or of the folder, may remove it, and ${name} is neither.`;
  return `${what} ${describe(denial.by)} ${reason(denial, name)}${weakRoot(subject, name)}${consequence}.`;
}

/** Mode and owner, such as `(0750, 999:999)`. */
function describe({ mode, uid, gid }: Entry): string {
  return `(${octal(mode)}, ${uid}:${gid})`;
}

/** A mode in four octal digits. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function reason({ cause, want, by, acl }: Denial, name: string): string {
  const lacks = wanted(want);
  const given = (shift: number) => letters((by.mode >> shift) & 7);
  switch (cause) {
    case 'owner':
      return `belongs to ${name}, but gives its owner ${given(6)} where ${lacks}`;
    case 'group':
      return `gives its group ${by.gid}, which ${name} is in, ${given(3)} where ${lacks}`;
    case 'acl_user':
    case 'acl_group':
      return `has the ACL entry ${acl === null ? '' : aclText(acl)} for ${name} where ${lacks}`;
    case 'acl_mask':
      return `has the ACL entry ${acl === null ? '' : aclText(acl)} for ${name}, which the mask ${given(3)} cuts down where ${lacks}`;
    default:
      return `gives others ${given(0)} where ${lacks}, and ${name} is neither its owner nor in its group${by.acl === null ? '' : ' nor named in its ACL'}`;
  }
}

/** The ways of access in words, such as `w and x are needed`. */
function wanted(want: number): string {
  const needed = letters(want).replaceAll('-', '');
  return needed.length === 1 ? `${needed} is needed` : `${needed[0]} and ${needed[1]} are needed`;
}

/** Root is told why it is not all-powerful here. */
function weakRoot({ capabilities, mapped }: Subject, name: string): string {
  if (!name.startsWith('root')) return '';
  if (!capabilities.has('DAC_OVERRIDE')) return ' (it is root without the capability DAC_OVERRIDE)';
  return mapped === null ? '' : ' (it is root of a user namespace that this owner or group is not in)';
}
