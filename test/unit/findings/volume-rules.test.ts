import t from 'tap';
import type { VolumeProblem, VolumeUser } from '../../../src/findings/facts.ts';
import { judge } from '../../../src/findings/judge.ts';
import { around, container, host, volume } from './facts.ts';
import { ofVolume } from './verdicts.ts';

const user = (name: string, differing: Partial<VolumeUser['container']> = {}, readOnly = false): VolumeUser => ({
  container: { ...container, id: name, name, ...differing },
  target: '/data',
  readOnly,
});

t.test('VOL-001: several writers', async (t) => {
  const table: [string, VolumeUser[], string[]][] = [
    ['one', [user('a')], []],
    ['two', [user('a'), user('b')], ['VOL-001 medium']],
    ['one that reads', [user('a'), user('b', {}, true)], []],
    ['one that has ended', [user('a'), user('b', { state: 'exited' })], []],
    ['one that is paused', [user('a'), user('b', { state: 'paused' })], ['VOL-001 medium']],
    ['one, at two places', [user('a'), { ...user('a'), target: '/other' }], []],
  ];
  for (const [name, users, expected] of table) t.same(ofVolume({ ...volume, users }), expected, name);
});

t.test('VOL-002: unused for a week', async (t) => {
  const [old, new_] = [new Date('2026-11-01T00:00:00Z'), new Date('2026-11-20T00:00:00Z')];
  const fault = ['VOL-002 info'];
  t.same(ofVolume({ ...volume, createdAt: old, lastUsedAt: null }), fault);
  t.same(ofVolume({ ...volume, createdAt: old, lastUsedAt: old }), fault);
  t.same(ofVolume({ ...volume, createdAt: old, lastUsedAt: new_ }), []);
  t.same(ofVolume({ ...volume, createdAt: new_, lastUsedAt: old }), []);
  t.same(ofVolume({ ...volume, createdAt: null, lastUsedAt: null }), [], 'not known');
  const week = new Date('2026-11-18T12:00:00Z');
  t.same(ofVolume({ ...volume, createdAt: null, lastUsedAt: week }), fault, 'since exactly a week');
  t.same(ofVolume({ ...volume, createdAt: old, lastUsedAt: null, users: [user('a', { state: 'created' })] }), []);
  t.same(
    ofVolume({ ...volume, createdAt: old, lastUsedAt: null, labels: { keep: 'yes' } }),
    fault,
    'whatever its labels',
  );
});

t.test('VOL-003: a container of another project', async (t) => {
  const foreign = { project: 'other' };
  t.same(ofVolume({ ...volume, users: [user('a', foreign)] }), ['VOL-003 high']);
  t.same(ofVolume({ ...volume, users: [user('a', { ...foreign, state: 'exited' })] }), ['VOL-003 high']);
  t.same(ofVolume({ ...volume, users: [user('a', { project: null })] }), []);
  t.same(ofVolume({ ...volume, project: null, users: [user('a', foreign)] }), []);
});

t.test('VOL-004: a driver that is missing', async (t) => {
  const fault = ['VOL-004 high'];
  const has = (volumeDrivers: string[] | null) => ({ host: { ...host, volumeDrivers } });
  t.same(ofVolume({ ...volume, driver: 'rexray' }), fault);
  t.same(ofVolume({ ...volume, driver: 'vieux/sshfs' }, has(['local', 'vieux/sshfs:latest'])), []);
  t.same(ofVolume({ ...volume, driver: 'vieux/sshfs:next' }, has(['local', 'vieux/sshfs:latest'])), fault);
  t.same(ofVolume({ ...volume, driver: 'rexray' }, has(null)), [], 'not known');
  t.same(ofVolume({ ...volume, driver: 'rexray' }, has([])), [], 'an engine that tells of none');
});

t.test('VOL-005: options without effect', async (t) => {
  const fault = ['VOL-005 low'];
  const table: [string, Record<string, string>, string[]][] = [
    ['none', {}, []],
    ['a bind', { type: 'none', o: 'bind', device: '/srv' }, []],
    ['what is so anyway', { type: 'none', o: 'defaults,bind,rw,nofail,rslave', device: '/srv' }, []],
    ['a flag', { type: 'none', o: 'bind,noexec', device: '/srv' }, fault],
    ['a flag that counts with ro', { type: 'none', o: 'bind,ro,noexec,noatime', device: '/srv' }, []],
    ['a size', { type: 'none', o: 'bind,size=10m', device: '/srv' }, fault],
    ['a size, with ro', { type: 'none', o: 'bind,ro,size=10m', device: '/srv' }, fault],
    ['remount', { type: 'none', o: 'bind,remount', device: '/srv' }, fault],
    ['another type', { type: 'tmpfs', o: 'bind', device: '/srv' }, fault],
    ['a tmpfs', { type: 'tmpfs', o: 'size=10m,noexec', device: 'tmpfs' }, []],
    ['nfs', { type: 'nfs', o: 'addr=10.0.0.1,noatime', device: ':/export' }, []],
  ];
  for (const [name, options, expected] of table) t.same(ofVolume({ ...volume, options }), expected, name);
  const secret = { ...volume, options: { type: 'none', o: 'bind,password=p4ss', device: '/srv' } };
  const [judged] = judge({ containers: [], volumes: [secret] }, around, new Map());
  t.match(judged?.breach.detail, 'password=…');
  t.notMatch(JSON.stringify(judged?.breach), /p4ss/);
  const foreign = { ...volume, driver: 'other', options: { o: 'bind,noexec' } };
  t.same(ofVolume(foreign), ['VOL-004 high'], 'of another driver nothing is known');
});

t.test('VOL-006: a name that fits no style', async (t) => {
  const naming = (mode: 'off' | 'warn' | 'deny') => ({ naming: { mode, styles: ['project' as const] } });
  const named = { ...volume, name: 'things' };
  for (const mode of ['warn', 'deny'] as const) t.same(ofVolume(named, naming(mode)), ['VOL-006 low'], mode);
  t.same(ofVolume(named, naming('off')), []);
  t.same(ofVolume({ ...volume, name: 'shop-orders' }, naming('warn')), []);
  t.same(ofVolume({ ...volume, name: 'ab'.repeat(32), kind: 'anonymous' }, naming('warn')), [], 'nobody chose it');
});

t.test('SHR-101 to SHR-104: what is known to be wrong with the use of a volume', async (t) => {
  const problem = (kind: VolumeProblem['problem']) => ({ problem: kind, detail: 'It is so.', remedy: 'Mend it.' });
  const of = (...kinds: VolumeProblem['problem'][]) => ofVolume({ ...volume, problems: kinds.map(problem) });
  t.same(of('permission_denied', 'permission_denied'), ['SHR-101 medium'], 'once');
  t.same(of('lock_conflict'), ['SHR-102 medium']);
  t.same(of('disk_full'), ['SHR-103 high']);
  t.same(of('slow_storage'), ['SHR-104 low']);
  t.same(of(), []);
});
