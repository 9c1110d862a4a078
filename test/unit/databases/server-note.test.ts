import t from 'tap';
import { serverNote } from '../../../src/databases/server-note.ts';
import { settingsOf } from '../../../src/databases/start-settings.ts';
import { serverOfTag, serverTag } from '../../../src/snapshots/server-tag.ts';

const imageId = `sha256:${'a'.repeat(64)}`;
const mount = (target: string, more: object = {}) => ({
  type: 'volume',
  source: '',
  target,
  volume: 'v',
  driver: null,
  mode: '',
  readOnly: false,
  propagation: '',
  selinux: null,
  noCopy: false,
  subpath: null,
  tmpfs: null,
  ...more,
});
const recognised = { engine: 'postgresql', recognisedBy: 'image', volume: 'v' } as const;
const container = { image: 'postgres:17', imageId, user: '', mounts: [mount('/var/lib/postgresql/')] };

t.test('where the data is and who may read it is noted, and no secret', async (t) => {
  const environment = {
    PGDATA: '/var/lib/postgresql/17/data',
    POSTGRES_USER: 'shop',
    POSTGRES_PASSWORD: 'secret',
  };
  const note = serverNote(recognised, container, {
    environment,
    command: ['postgres', '-c', 'max_prepared_transactions=8'],
  });
  t.same(note, {
    engine: 'postgresql',
    image: 'postgres:17',
    imageId,
    mountedAt: '/var/lib/postgresql',
    subpath: null,
    data: '/var/lib/postgresql/17/data',
    user: '',
    account: 'shop',
    settings: ['--max_prepared_transactions=8'],
  });
  t.notMatch(JSON.stringify(note), /secret/);
  t.equal(serverNote({ ...recognised, volume: null }, container, null), null);
  const elsewhere = serverNote(recognised, container, { environment: { PGDATA: '/elsewhere' }, command: [] });
  t.match(elsewhere, { data: '/var/lib/postgresql', account: null });
});

t.test('of a command only what the data cannot be read without is noted', async (t) => {
  const command = [
    'redis-server',
    '--requirepass',
    'secret',
    '--appendonly',
    'yes',
    '--masterauth=secret',
    '--dbfilename=x.rdb',
  ];
  t.same(settingsOf('redis', command), ['--appendonly=yes', '--dbfilename=x.rdb']);
  t.same(settingsOf('mysql', ['mysqld', '--lower_case_table_names=1', '--port=1']), ['--lower-case-table-names=1']);
  t.same(settingsOf('postgresql', ['-cshared_preload_libraries=a,b', '-c', 'port=1']), [
    '--shared_preload_libraries=a,b',
  ]);
  t.same(settingsOf('redis', ['--dbfilename', '$(rm -rf /)']), []);
});

t.test('a tag tells a server again, and nobody else can make it tell something else', async (t) => {
  const note = serverNote(recognised, container, null);
  if (note === null) throw new Error('There is no note.');
  t.notMatch(serverTag(note), /,/);
  t.same(serverOfTag(serverTag(note)), note);
  for (const text of [null, '', 'x', Buffer.from('{}').toString('base64url'), 'A'.repeat(10_000)])
    t.equal(serverOfTag(text), null);
  t.equal(serverOfTag(serverTag({ ...note, account: 'x; drop' })), null);
});
