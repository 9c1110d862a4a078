import t from 'tap';
import type { AclEntry } from '../../../src/permissions/acl.ts';
import { type Action, canAccess, type Entry, type Subject } from '../../../src/permissions/can-access.ts';

const user: Subject = {
  uid: 1000,
  groups: new Set([1000, 33]),
  capabilities: new Set(),
  readOnly: false,
  mapped: null,
};
const root: Subject = { ...user, uid: 0, groups: new Set([0]), capabilities: new Set(['DAC_OVERRIDE', 'FOWNER']) };
const bareRoot: Subject = { ...root, capabilities: new Set() };

function file(mode: number, uid = 0, gid = 0, acl: AclEntry[] | null = null): Entry {
  return { type: 'file', uid, gid, mode, acl };
}
function folder(mode: number, uid = 0, gid = 0, acl: AclEntry[] | null = null): Entry {
  return { type: 'folder', uid, gid, mode, acl };
}
const open = folder(0o777);
const acl = (...entries: [AclEntry['tag'], number | null, number][]): AclEntry[] =>
  entries.map(([tag, id, bits]) => ({ tag, id, bits }));
const withAcl = (mask: number, ...named: [AclEntry['tag'], number | null, number][]) =>
  acl(['user_obj', null, 6], ...named, ['group_obj', null, 4], ['mask', null, mask], ['other', null, 0]);

t.test('access to an entry is decided as the kernel decides', async (t) => {
  const table: [string, Subject, Entry, Action, string][] = [
    ['the owner has the bits of the owner', user, file(0o600, 1000), 'write', 'yes'],
    ['though the group has more', user, file(0o060, 1000, 1000), 'read', 'owner'],
    ['a member of the group', user, file(0o640, 0, 33), 'read', 'yes'],
    ['which may not write', user, file(0o640, 0, 33), 'write', 'group'],
    ['though others may', user, file(0o606, 0, 33), 'write', 'group'],
    ['somebody else', user, file(0o604), 'read', 'yes'],
    ['who may not write', user, file(0o664), 'write', 'other'],
    ['to list takes search too', user, folder(0o754), 'list', 'other'],
    ['read and search list', user, folder(0o755), 'list', 'yes'],
    ['to create takes write and search', user, folder(0o752), 'create', 'other'],
    ['a named user', user, file(0o640, 0, 0, withAcl(4, ['user', 1000, 6])), 'read', 'yes'],
    ['is cut down by the mask', user, file(0o640, 0, 0, withAcl(4, ['user', 1000, 6])), 'write', 'acl_mask'],
    ['a named user counts before groups', user, file(0o670, 0, 33, withAcl(7, ['user', 1000, 4])), 'write', 'acl_user'],
    ['a named group', user, file(0o660, 0, 0, withAcl(6, ['group', 33, 6])), 'write', 'yes'],
    ['one group of several is enough', user, file(0o660, 0, 1000, withAcl(6, ['group', 33, 6])), 'write', 'yes'],
    [
      'all groups deny, and others are not asked',
      user,
      file(0o666, 0, 0, withAcl(6, ['group', 33, 0])),
      'read',
      'acl_group',
    ],
    ['the owner is not in the mask', user, file(0o610, 1000, 0, withAcl(1)), 'write', 'yes'],
    ['an empty mask turns the ACL off', user, file(0o604, 0, 0, withAcl(0, ['user', 1000, 0])), 'read', 'yes'],
    ['nobody in the ACL', user, file(0o660, 0, 5, withAcl(6)), 'read', 'other'],
    ['root', root, file(0o000, 1000), 'write', 'yes'],
    ['root without capabilities is nobody special', bareRoot, file(0o600, 1000), 'read', 'group'],
    ['DAC_READ_SEARCH reads', { ...bareRoot, capabilities: new Set(['DAC_READ_SEARCH']) }, file(0, 7), 'read', 'yes'],
    ['and does not write', { ...bareRoot, capabilities: new Set(['DAC_READ_SEARCH']) }, file(0, 7), 'write', 'group'],
    [
      'and does not create',
      { ...bareRoot, capabilities: new Set(['DAC_READ_SEARCH']) },
      folder(0, 7),
      'create',
      'group',
    ],
    ['a read-only mount holds root too', { ...root, readOnly: true }, file(0o666), 'write', 'read_only'],
    ['a read-only mount can be read', { ...root, readOnly: true }, file(0o666), 'read', 'yes'],
    [
      'a device on it can be written to',
      { ...root, readOnly: true },
      { ...file(0o666), type: 'other' },
      'write',
      'yes',
    ],
  ];
  for (const [what, subject, entry, action, expected] of table) {
    const decision = canAccess(subject, { entry, above: [open] }, action);
    t.equal(decision.allowed ? 'yes' : decision.cause, expected, `${what}: ${action}`);
  }
});

t.test('folders above decide first, and the first one that denies is named', async (t) => {
  const closed = folder(0o700, 7);
  const decision = canAccess(user, { entry: file(0o666), above: [open, closed, folder(0o000)] }, 'read');
  t.match(decision, { allowed: false, cause: 'other', place: 1, by: closed, want: 1 });
  t.match(canAccess(user, { entry: file(0o666), above: [open, folder(0o711)] }, 'read'), { allowed: true });
});

t.test('to delete takes the folder, and in a sticky one the owner', async (t) => {
  const sticky = folder(0o1777, 7);
  const table: [string, Subject, Entry, Entry, string][] = [
    ['an entry of others in an open folder', user, file(0o000, 5), folder(0o777), 'yes'],
    ['its own in a closed folder', user, file(0o777, 1000), folder(0o755), 'other'],
    ['an entry of others in a sticky folder', user, file(0o777, 5), sticky, 'sticky'],
    ['its own in a sticky folder', user, file(0o000, 1000), sticky, 'yes'],
    ['in a sticky folder of its own', { ...user, uid: 7 }, file(0o000, 5), sticky, 'yes'],
    ['root with FOWNER', root, file(0o000, 5), sticky, 'yes'],
    ['root without', { ...root, capabilities: new Set(['DAC_OVERRIDE']) }, file(0o000, 5), sticky, 'sticky'],
  ];
  for (const [what, subject, entry, parent, expected] of table) {
    const decision = canAccess(subject, { entry, above: [open, parent] }, 'delete');
    t.equal(decision.allowed ? 'yes' : decision.cause, expected, what);
  }
  t.match(canAccess(root, { entry: open, above: [] }, 'delete'), { allowed: false, cause: 'root_of_mount' });
});

t.test('capabilities of a user namespace count for its own users and groups alone', async (t) => {
  const range = [{ first: 100_000, count: 65_536 }];
  const remapped: Subject = {
    ...root,
    uid: 100_000,
    groups: new Set([100_000]),
    mapped: { users: range, groups: range },
  };
  const write = (entry: Entry) => canAccess(remapped, { entry, above: [] }, 'write');
  t.match(write(file(0o600, 100_999, 100_999)), { allowed: true });
  t.match(write(file(0o600, 0, 0)), { allowed: false, cause: 'other' });
  t.match(write(file(0o600, 100_999, 0)), { allowed: false }, 'the group must be of the namespace too');
  t.match(write(file(0o600, 165_536, 100_000)), { allowed: false }, 'the first id behind the range');
});
