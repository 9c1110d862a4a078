import t from 'tap';
import { type Change, type GuardedDatabase, guardDatabase } from '../../../src/permissions/guard-databases.ts';

const postgres: GuardedDatabase = {
  kind: 'postgresql',
  path: 'pgdata',
  before: { mode: 0o700, uid: 999, gid: 999 },
  after: { mode: 0o700, uid: 999, gid: 999 },
  mainOwner: 999,
  changes: [],
  servers: [999],
};
const change = (what: Change['what'], from: string, to: string): Change => ({ what, from, to, entries: 3 });

t.test('what breaks a database is told, and what does it good is not', async (t) => {
  const given = {
    ...postgres,
    after: { mode: 0o700, uid: 1000, gid: 1000 },
    changes: [change('owner', '999:999', '1000:1000')],
  };
  const table: [string, GuardedDatabase, RegExp[]][] = [
    ['nothing changes', postgres, []],
    [
      'another owner',
      given,
      [/data folder of PostgreSQL, "pgdata", must belong .* \(999\); .* give it to 1000/, /give 3 of them to 1000/],
    ],
    [
      'only files get another owner',
      { ...postgres, changes: [change('owner', '999:999', '0:0')] },
      [/files of PostgreSQL/],
    ],
    ['another group', { ...postgres, changes: [change('owner', '999:999', '999:2000')] }, []],
    [
      'back to its server',
      {
        ...given,
        before: given.after,
        after: postgres.after,
        mainOwner: 1000,
        changes: [change('owner', '1000:1000', '999:999')],
      },
      [],
    ],
    ['its main file tells the server where no container does', { ...given, servers: [] }, [/\(999\)/, /give 3/]],
    ['one of several servers', { ...given, servers: [999, 1000] }, []],
    [
      'a mode that PostgreSQL does not take',
      { ...postgres, after: { ...postgres.after, mode: 0o770 } },
      [/0700 or 0750; the repair would make it 0770/],
    ],
    ['a mode that it takes', { ...postgres, after: { ...postgres.after, mode: 0o750 } }, []],
    [
      'a wrong mode that stays',
      { ...postgres, before: { ...postgres.before, mode: 0o777 }, after: { ...postgres.after, mode: 0o777 } },
      [],
    ],
    [
      'files that cannot be read',
      { ...postgres, changes: [change('file-mode', '0600', '0400')] },
      [/could not use 3 files any more/],
    ],
    [
      'folders that cannot be searched',
      { ...postgres, changes: [change('folder-mode', '0700', '0600')] },
      [/could not use 3 folders/],
    ],
    [
      'everybody writes',
      { ...postgres, kind: 'mysql', path: '.', changes: [change('file-mode', '0660', '0777')] },
      [/^Everybody could write to 3 files in the data of MySQL or MariaDB, the root of the volume: 0660 to 0777/],
    ],
    [
      'MySQL takes any mode that its server can use',
      { ...postgres, kind: 'mysql', after: { ...postgres.after, mode: 0o755 } },
      [],
    ],
    ['Redis', { ...given, kind: 'redis' }, [/data folder of Redis/, /files of Redis/]],
  ];
  for (const [what, database, reasons] of table) {
    const told = guardDatabase(database);
    t.equal(told.length, reasons.length, `${what}: ${told.join(' ')}`);
    for (const [index, reason] of reasons.entries()) t.match(told[index], reason, what);
  }
});
