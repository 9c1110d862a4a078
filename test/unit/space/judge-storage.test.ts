import t from 'tap';
import { judgeStorage } from '../../../src/space/judge-storage.ts';

const storage = {
  fileSystem: 'ext4',
  isNetwork: false,
  device: '/dev/sda1',
  isRotational: false,
  totalBytes: 100,
  freeBytes: 50,
  totalInodes: 10,
  freeInodes: 5,
};
const broken = (id: string, severity: string) => ({
  rule: { id, remedy: `mend ${id}` },
  severity,
  breach: { detail: `${id} is broken.` },
});

t.test('the verdict on the storage of a host', (t) => {
  const verdict = (...severities: string[]) =>
    judgeStorage(
      'overlay2',
      storage,
      severities.map((severity) => broken('HST-001', severity)),
    ).verdict;
  t.equal(verdict(), 'good');
  t.equal(verdict('info'), 'good');
  t.equal(verdict('low'), 'tolerable');
  t.equal(verdict('medium', 'info'), 'tolerable');
  t.equal(verdict('low', 'high'), 'bad');
  t.equal(verdict('critical'), 'bad');
  t.equal(judgeStorage('overlay2', null, []).verdict, 'unknown');
  t.equal(judgeStorage(null, null, []).verdict, 'unknown');
  t.equal(judgeStorage('aufs', null, [broken('HST-002', 'high')]).verdict, 'bad', 'what is known is enough');
  t.end();
});

t.test('the reasons say it in plain words', (t) => {
  t.same(judgeStorage('overlay2', storage, [broken('HST-004', 'info')]).reasons, [
    { rule: null, detail: 'The storage driver overlay2 on ext4 is what Docker recommends.', remedy: null },
    { rule: 'HST-004', detail: 'HST-004 is broken.', remedy: 'mend HST-004' },
  ]);
  t.match(judgeStorage('overlay2', null, []).reasons, [{ rule: null, remedy: /measurements/ }]);
  t.end();
});
