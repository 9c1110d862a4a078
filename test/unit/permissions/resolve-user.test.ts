import t from 'tap';
import { effectiveCapabilities } from '../../../src/permissions/capabilities.ts';
import { parseIdMap, subjectOf } from '../../../src/permissions/id-map.ts';
import { resolveUser } from '../../../src/permissions/resolve-user.ts';

const files = {
  passwd: 'root:x:0:0:root:/root:/bin/sh\n# comment\nwww-data:x:33:33::/var/www:\nodd\napp:x:1000:1001::/:\n',
  group: 'root:x:0:\nwww-data:x:33:\napp:x:1001:\nshared:x:2000:app,www-data\nvideo:x:44:nobody\n',
};

t.test('a user is resolved through the files of its container as the runtime does', async (t) => {
  const table: [string, string[], number, number[]][] = [
    ['', [], 0, [0]],
    ['root', [], 0, [0]],
    ['app', [], 1000, [1001, 2000]],
    ['1000', [], 1000, [1001, 2000]],
    ['4711', [], 4711, [0]],
    ['4711:4712', [], 4711, [4712]],
    ['app:shared', [], 1000, [2000]],
    ['app:video', [], 1000, [44]],
    ['app:', [], 1000, [1001, 2000]],
    [':video', [], 0, [44]],
    ['app', ['video', '77', '2000'], 1000, [1001, 2000, 44, 77]],
  ];
  for (const [user, groupAdd, uid, groups] of table)
    t.same(resolveUser(user, groupAdd, files), { uid, gid: groups[0], groups }, `"${user}" with ${groupAdd}`);
});

t.test('an image without files has numbers alone', async (t) => {
  const none = { passwd: null, group: null };
  t.same(resolveUser('', [], none), { uid: 0, gid: 0, groups: [0] });
  t.same(resolveUser('1000', ['5'], none), { uid: 1000, gid: 0, groups: [0, 5] });
  t.match(resolveUser('app', [], none), /its user "app" is not in its \/etc\/passwd/);
  t.match(resolveUser('1:app', [], none), /its group "app"/);
  t.match(resolveUser('1', ['app'], none), /its additional group "app"/);
  t.match(resolveUser('99999999999', [], none), /its user "99999999999"/);
});

t.test('the capabilities over files are those that Docker gives', async (t) => {
  const none = { privileged: false, add: [], drop: [] };
  const table: [object, number, string[]][] = [
    [{}, 0, ['DAC_OVERRIDE', 'FOWNER']],
    [{}, 1000, []],
    [{ privileged: true }, 1000, []],
    [{ privileged: true, drop: ['ALL'] }, 0, ['DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER']],
    [{ drop: ['ALL'] }, 0, []],
    [{ drop: ['all'], add: ['cap_dac_read_search'] }, 0, ['DAC_READ_SEARCH']],
    [{ drop: ['DAC_OVERRIDE'] }, 0, ['FOWNER']],
    [{ drop: ['CAP_FOWNER'], add: ['ALL'] }, 0, ['DAC_OVERRIDE', 'DAC_READ_SEARCH']],
    [{ drop: ['DAC_OVERRIDE'], add: ['DAC_OVERRIDE'] }, 0, ['DAC_OVERRIDE', 'FOWNER']],
  ];
  for (const [wish, uid, expected] of table)
    t.same(effectiveCapabilities({ ...none, ...wish }, uid), expected, JSON.stringify([wish, uid]));
});

t.test('an engine that maps users', async (t) => {
  const lines = parseIdMap('         0     165536      65536\n');
  const map = { users: lines, groups: lines };
  const rights = { capabilities: [], readOnly: false, map };
  t.match(subjectOf({ uid: 33, gid: 33, groups: [33, 5] }, rights), { uid: 165_569, mapped: map });
  t.match(subjectOf({ uid: 65_536, gid: 0, groups: [0] }, rights), /has none for its user 65536/);
});
