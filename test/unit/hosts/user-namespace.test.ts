import t from 'tap';
import { hostUserOf, idOffsetsOf, idsOf } from '../../../src/hosts/read.ts';

t.test('who a user of a container is on the host', async (t) => {
  const table: [user: string, usernsMode: string, expected: string | null][] = [
    ['', '', '100000:200000'],
    ['root', '', '100000:200000'],
    ['0:0', '', '100000:200000'],
    ['1000', '', '101000'],
    ['1000:1000', '', '101000:201000'],
    ['1000:1000', 'host', '1000:1000'],
    ['', 'host', '0:0'],
    ['app', '', null],
    ['1000:staff', '', null],
  ];
  const offsets = { uid: 100_000, gid: 200_000 };
  for (const [user, usernsMode, expected] of table) {
    const found = hostUserOf({ user, usernsMode }, offsets);
    t.equal(found === null ? null : idsOf(found), expected, `${user} ${usernsMode}`);
  }
  t.equal(hostUserOf({ user: '1000', usernsMode: '' }, null), null);
});

t.test('the folder of an engine that remaps users says to which', async (t) => {
  t.same(idOffsetsOf({ rootFolder: '/var/lib/docker', remapsUsers: false }), { uid: 0, gid: 0 });
  t.same(idOffsetsOf({ rootFolder: '/var/lib/docker/231072.231073', remapsUsers: true }), { uid: 231072, gid: 231073 });
  t.equal(idOffsetsOf({ rootFolder: '/var/lib/docker', remapsUsers: true }), null);
});
