import t from 'tap';
import { anomalyOf } from '../../../src/snapshots/anomaly.ts';

const mebibyte = 1024 ** 2;
const backup = (megabytes: number, files = 10, added = 0) => ({
  id: `${megabytes}`.padEnd(64, '0'),
  files,
  bytes: megabytes * mebibyte,
  bytesAdded: added * mebibyte,
});

t.test('a backup that is much smaller than those before is told', async (t) => {
  t.equal(anomalyOf([]), null);
  t.equal(anomalyOf([backup(0, 0)]), null, 'the first of an empty volume');
  t.equal(anomalyOf([backup(0, 0), backup(0, 0)]), null);
  t.match(anomalyOf([backup(0, 0), backup(100)]), /holds no file/);
  t.match(anomalyOf([backup(49), backup(100)]), /holds 51380224 bytes/);
  t.match(anomalyOf([backup(49), backup(49), backup(100)]), /holds/, 'also when it stays small');
  t.equal(anomalyOf([backup(51), backup(100)]), null);
  t.equal(anomalyOf([backup(200), backup(100, 10, 100)]), null, 'growth is none');
  t.equal(
    anomalyOf([
      { ...backup(0), bytes: 5 },
      { ...backup(0), bytes: 5000 },
    ]),
    null,
    'small ones go up and down',
  );
});

t.test('a backup of which most is new is told for a while', async (t) => {
  const first = backup(100, 10, 100);
  t.equal(anomalyOf([backup(100), first]), null, 'all of the first is new');
  t.match(anomalyOf([backup(100, 10, 60), first]), /More than half/);
  t.match(anomalyOf([backup(100), backup(100, 10, 60), first]), /More than half/);
});
